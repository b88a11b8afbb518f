"""Names that a schema may give: plain ones, and those most likely to meet a name that Python or we use."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from random import Random

from dss_generator.names import Role, folded, max_length, reason_against

_FIELDS = """
    date datetime time key new old item action left right type match case name names value values
    branch model tree record records change error kind message method attribute idnumber email
    Decimal UUID Any Literal annotations final override dataclass self_ cls args kwargs info fields
    klass tags size code title note first second A a1 x_ camelCase
    aVeryLongNameThatStillIsNoLongerThanSixtyFourCharactersInAllOkay settings store branches make
    get put existing order guard duplicates columns row cells system async_ print_ pass_ template
    importer datastore load clear text number blank present same index count copy soft mro
    """.split()
_MODELS = """
    Thing Person Item Action Match match Key New Old Left Changed Record Field Branch Any Literal
    Mapping Iterable Callable Difference Decimal Model X A1 a snake_model HTTPServer Sync Final ABC
    Type date item name Outcome final override actions Derivations derivations TREES SYNCS RENAMES tables
    models Class Import Lambda Derived annotations Tree Template Importer Self None_ things_record
    new_things read_things Thing_ date_ make_tree thing_records StrType Enum Optional annotations
    String Number
    """.split()
_BRANCHES = """
    things people items actions match key keys new old left right type values get make store stores
    branch_x branches_ copy update import_ all_ default records added removed changed_things item
    system connection engine write perform run settings_ read tree name_ camelBranch Upper x a1 date
    self_ mapping
    """.split()
_TREES = """
    Source Target Left Right Moodle PowerSchool HTTPTree Tree Match Type Models Trees Any Literal
    snake_tree T1 a Old New Item Action Date Class Import Derived Wiring Actions Tables System Self
    Handlers Final_
    """.split()
_SYNCS = "nightly new old match type import_ sync a B1 from_".split()
_POOLS: dict[str, Sequence[str]] = {
    "field": _FIELDS,
    "model": _MODELS,
    "branch": _BRANCHES,
    "tree": _TREES,
    "sync": _SYNCS,
}


def fresh(rng: Random, role: Role, taken: Collection[str], *, also: Collection[str] = ()) -> str:
    """Return a name for a *role* that differs from all in *taken*; *also* are further candidates."""
    used = {folded(each) for each in taken}
    candidates = [
        each
        for each in (*_POOLS[role.noun], *also)
        if folded(each) not in used and reason_against(each, role) is None
    ]
    if candidates and rng.random() < 0.8:
        return rng.choice(candidates)
    number = next(n for n in range(1_000) if folded(f"{role.noun}{n}") not in used)
    return f"{role.noun}{number}"


def former(name: str) -> str:
    """Return a name that *name* may have had before: nothing has it, and nothing else had it."""
    return f"was_{name}"[:max_length]
