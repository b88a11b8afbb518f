"""The rules that a schema can break: the id in brackets at the end of a message, and what the rule is.

The reference in the documentation is written from this table, and the failure suite has a case for each row.
"""

from __future__ import annotations

rules: dict[str, str] = {
    # Files
    "no-schema": "A schema is a folder with at least one *.yaml file.",
    "too-many-files": "A schema has at most 1,000 files.",
    "file-name": "A schema file's name holds no control characters.",
    "file-suffix": "Schema files end in .yaml; .yml would be overlooked.",
    "file-size": "A schema file has at most 1 MiB.",
    "file-unreadable": "A schema file is a regular file that can be read.",
    "link": "Schema files lie in the schema folder: no link leads out of it, no folder is a link.",
    # Text and YAML
    "not-utf-8": "Schema files are UTF-8.",
    "control-character": "No controls, bidi overrides, surrogates or line separators, raw or escaped.",
    "tab": 'No tab characters; "\\t" in double quotes stands for one.',
    "yaml-syntax": "Schema files are YAML.",
    "empty-file": "A schema file holds one document.",
    "documents": "A schema file holds one document.",
    "directive": "No YAML directives.",
    "anchor": "No anchors: nothing is copied.",
    "alias": "No aliases: nothing is copied.",
    "merge-key": "No merge keys: nothing is copied.",
    "tag": "No tags: the language gives the types.",
    "depth": "Lists and mappings are nested at most 20 deep.",
    "nodes": "A file holds at most 50,000 values.",
    "key-not-text": "Keys are texts.",
    "duplicate-key": "A key is given once in a mapping.",
    # Structure
    "wrong-shape": "Every value is a scalar, a list or a mapping, as the language has it.",
    "no-value": "Nothing is left empty; null is quoted where the text itself is meant.",
    "bad-value": "A value is one of those that the language allows for its key.",
    "too-long": "Texts have limits.",
    "too-many": "Lists and mappings have limits.",
    "unknown-key": "Only the keys of the language are used.",
    "missing-key": "Required keys are given.",
    "too-many-problems": "A schema with hundreds of problems is reported in part.",
    # Names
    "bad-name": "Names are ASCII identifiers of at most 64 characters, none that is taken.",
    "duplicate-name": "A name is defined once, over all files.",
    "name-collision": "Two names of one kind differ in more than case and underscores.",
    "handler-collision": "No two branches lead to handlers of the same name.",
    "generated-name": (
        "No two things lead to one name in generated code, and none to a name that it uses itself."
    ),
    "unknown-model": "A model that is named is defined.",
    "unknown-branch": "A branch that is named is defined.",
    "unknown-tree": "A tree that is named is defined.",
    "unknown-field": "A field that is named belongs to the model.",
    "renamed-from": "What was renamed had another name, which nothing has now, and nothing else had.",
    # Models
    "extends-cycle": "No model extends itself, directly or through others.",
    "field-redeclared": "A field or derived property is declared once along a line of models.",
    "field-type": "A field says its type, once, with what the type needs.",
    "field-option": "A field has options that its type understands.",
    "field-default": "A default is a value of the field's type; an optional field has none.",
    "enum-value": "An enum's values are distinct, also in the normal form NFKC.",
    "key-field": "A key names fields that are required, without default and compared exactly.",
    "key-redeclared": "An inherited key is not replaced.",
    "ref-key": "A ref leads to a model with a single key.",
    "ref-cycle": "Keys do not refer to each other in a circle.",
    "branch-model": "A branch's model is concrete and has a key.",
    # Trees
    "column": "A column has a name, or, without a header, a position.",
    "unmapped-field": "Without a header every field is mapped.",
    "field-twice": "A field's value comes from one place.",
    "omit": "Only fields that are optional or have a default, and are not in the key, are omitted.",
    "const": "A constant is a value of the field's type.",
    "pipeline": "A pipeline is a template, then known transforms with fitting arguments.",
    "transform-cycle": "Fields are not made from each other in a circle.",
    "where": "A condition compares columns with numbers and quoted texts.",
    "split": "Only sets and lists that are read from a cell are split.",
    "sync-policy": "A sync policy is about a field that this system holds and that may change.",
    "generate": "A name is generated for an optional str that this system holds, from plain fields.",
    "old": "What `old` sets can be undone and deleted later, and `where` still sees the record.",
    "match": "A record without a key is read, and known by fields to look it up by; a key in use stays.",
    "derived-from": "A derived branch is made from other branches of its tree.",
    "derived-keys": "A derived branch has no mapping of its own.",
    "references": "What columns refer to is a branch of the same tree, with a single key.",
    "file-path": "A data file's path is relative, plain, and stays in its folder.",
    "file-newest": "The newest is one of several files.",
    "encoding": "An encoding is one of text that Python knows.",
    "csv-options": "The options of a CSV file fit each other.",
    "ldap-options": "What names an entry is said; what refers to other branches is a column.",
    "moodle-options": "Columns are those of the kind of record.",
    "google-options": "A branch of a directory says what fits its resource, by paths, and no password.",
    "scim-options": "Columns are attribute paths of SCIM; what refers to other branches is one of them.",
    "sql-options": "A branch is read from a table or from a query.",
    "oneroster-options": "A branch is a file that its standard has.",
    # Packages
    "extension": "What a package adds can be used, and what it says of its own keys holds.",
    # Syncs
    "sync-target": "A sync leads from one tree into another that can be written.",
    "sync-branch": "Both trees of a sync hold its branches.",
}
