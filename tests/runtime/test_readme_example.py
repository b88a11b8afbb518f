"""The closing example of the original's README runs, changed only in its import line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import dss_runtime

EXAMPLE = """\
from dss_runtime import DataStoreTree

class CSVTree(DataStoreTree):
    __branches__ = 'branches/CSVBranches'
    __importer__ = 'importers/CSV'
    __template__ = 'templates/CSV'

class DatabaseTree(DataStoreTree):
    __branches__ = 'branches/DBBranches'
    __importer__ = 'importers/CSV'
    __template__ = 'templates/DB'

if __name__ == "__main__":

    #Initialize the branches
    csv_tree = CSVTree()
    db_tree = DatabaseTree()

    #Use the importers to populate the data
    +csv_tree
    +db_tree

    #Loop through the differences and print/output
    #Equivelent to csv_tree > db_tree
    for action in csv_tree - db_tree:
        print(action.message)

    #Use the template to sync
    csv_tree >> db_tree
"""

BRANCHES = """\
from dss_runtime import DataStoreBranch

class Students:
    __branchname__ = "students"

class Teachers:
    __branchname__ = "teachers"

class CSVBranches(DataStoreBranch):
    pass

class CSVStudents(Students, CSVBranches):
    klass = 'models.users/Student'

class CSVTeachers(Teachers, CSVBranches):
    klass = 'models.users/Teacher'

class DBBranches(DataStoreBranch):
    pass

class DBStudents(Students, DBBranches):
    klass = 'models.users/Student'

class DBTeachers(Teachers, DBBranches):
    klass = 'models.users/Teacher'
"""

MODELS = '''\
from dss_runtime import Model

class Student(Model):
    homeroom = "none yet"
    _row = 0

    @property
    def name(self):
        return f"{self.firstname} {self.lastname}"

class Teacher:
    """Any class with an idnumber is a model."""

    def __init__(self, idnumber, email):
        self.idnumber = idnumber
        self.email = email

    def greet(self):
        return "hello"

    def __sub__(self, other):
        """Case does not count in an address."""
        if self.email.lower() != other.email.lower():
            yield "email"
'''

IMPORTERS = """\
import csv

from dss_runtime import DefaultImporter

class CSV(DefaultImporter):
    def readin_branch(self, branch):
        with open(f"{self.tree.name}_{branch.name}.csv", newline="") as file:
            for number, row in enumerate(csv.DictReader(file), 1):
                record = branch.make(row.pop("idnumber"), **row)
                record._row = number
"""

TEMPLATES = """\
from dss_runtime import DefaultTemplate

class CSV(DefaultTemplate):
    pass

class DB(DefaultTemplate):
    def new_students(self, action):
        print("INSERT", action.left.idnumber, action.left.name)

    def old_students(self, action):
        print("DELETE", action.right.idnumber)

    def changed_students_homeroom(self, action):
        print("UPDATE", action.key, action.attribute, action.new)

    def changed_students(self, action):
        print("UPDATE", action.key, action.attribute, action.new)

    def changed_teachers_email(self, action):
        raise ConnectionError("the mail server is down")
"""

MORE = """\

    #What the README promises beside
    print(sorted(csv_tree.datastore.__tree__), sorted(db_tree.datastore.__tree__))
    print(csv_tree.branches)
    print(csv_tree.students.klass, db_tree.students.get("1").name, db_tree.students.get("404"))
    print(list(csv_tree.students.store()), dict(csv_tree.students.store()["CSVTree.students"]))
    print(csv_tree.students.make("1") is csv_tree.students.get("1"))
    print([action.message for action in csv_tree > db_tree])
    -csv_tree
    print(len(csv_tree.students))
"""

FILES = {
    "branches.py": BRANCHES,
    "models/__init__.py": "",
    "models/users.py": MODELS,
    "importers.py": IMPORTERS,
    "templates.py": TEMPLATES,
    "CSVTree_students.csv": "idnumber,firstname,lastname,homeroom\n1,Ann,Lee,5A\n2,Bob,Kim,none yet\n",
    "CSVTree_teachers.csv": "idnumber,email\nt1,NEW@school\nt2,Same@school\n",
    "DatabaseTree_students.csv": "idnumber,firstname,lastname,homeroom\n3,Old,Man,none yet\n1,Ann,Li,4A\n",
    "DatabaseTree_teachers.csv": "idnumber,email\nt1,old@school\nt2,same@SCHOOL\n",
}

DIFFERENCES = """\
new_students(idnumber='2')
changed_students_homeroom(idnumber='1', old='4A', new='5A')
changed_students_lastname(idnumber='1', old='Li', new='Lee')
changed_students_name(idnumber='1', old='Ann Li', new='Ann Lee')
changed_teachers_email(idnumber='t1', old='old@school', new='NEW@school')
old_students(idnumber='3')
INSERT 2 Bob Kim
UPDATE 1 homeroom 5A
UPDATE 1 lastname Lee
UPDATE 1 name Ann Lee
DELETE 3
"""

PROMISES = """\
['CSVTree.students', 'CSVTree.teachers'] ['DatabaseTree.students', 'DatabaseTree.teachers']
[<branch CSVTree.students, 2 records>, <branch CSVTree.teachers, 2 records>]
<class 'models.users.Student'> Ann Lee None
['CSVTree.students'] {'1': <Student: '1'>, '2': <Student: '2'>}
True
changed_teachers_email(idnumber='t1', old='old@school', new='NEW@school')
["changed_teachers_email(idnumber='t1', old='old@school', new='NEW@school')"]
0
"""


def run(folder: Path, text: str) -> tuple[str, str]:
    """Run *text* as a program among the files of the example and return what it wrote."""
    for name, content in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    (folder / "example.py").write_text(text, encoding="utf-8")
    package = Path(dss_runtime.__file__).parent.parent
    environment = {**os.environ, "PYTHONPATH": str(package), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "example.py"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout, done.stderr


def test_the_original_s_example_runs(tmp_path: Path) -> None:
    """It prints the differences and carries out what its template knows; one that fails ends nothing."""
    assert (DIFFERENCES, "") == run(tmp_path, EXAMPLE)


def test_what_the_original_s_readme_promises_holds(tmp_path: Path) -> None:
    """Branches, models, the datastore and the operators can be looked at as it says."""
    assert (DIFFERENCES + PROMISES, "") == run(tmp_path, EXAMPLE + MORE)
