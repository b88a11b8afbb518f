from __future__ import annotations

import pickle
import resource
import sys
import time
from pathlib import Path

sys.path.insert(0,"/tmp/incb/proj")
from incgen import trees

mode=sys.argv[1]; store=Path("/tmp/incb/facts.pickle")
from dss_runtime._sifting import load_both
from dss_runtime.engines.fingerprints import Facts, FingerprintSieve


class M:
    secret=b"s"*16
    learns=mode!="plan"
    out={}
    def recall(self,b,m):
        if mode=="full": return "full"
        mark,p=pickle.loads(store.read_bytes())[b]
        assert mark==m
        return Facts.unpacked(p)
    def learn(self,b,m,f,*,whole): self.out[b]=(m,f.packed())
root=Path("/tmp/incb/proj")
left=trees.Office(settings={"folder":root/"a"}); right=trees.Other(settings={"folder":root/"b"})
base=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
a=time.process_time(); w=time.monotonic()
m=M()
sieves=() if mode=="objects" else (FingerprintSieve(m),)
if mode=="duckdb":
    from dss_runtime.engines.duckdb import DuckDBSieve
    sieves=(DuckDBSieve(always=True),)
chosen=load_both(left,right,*sieves)
actions,held=left.diff(right).plan()
if m.out: store.write_bytes(pickle.dumps(m.out))
u=resource.getrusage(resource.RUSAGE_SELF)
print(f"{mode:9} cpu {time.process_time()-a:6.2f} s  wall {time.monotonic()-w:6.2f} s  peak {u.ru_maxrss/1024:6.0f} MB (base {base/1024:.0f})  actions {len(actions)}  {chosen[0].engine} {chosen[0].reason}")
