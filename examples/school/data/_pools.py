"""Names to draw from, chosen for what they do to encodings, markup and logins."""

from __future__ import annotations

first_names = (
    "Ada", "Amélie", "Anders", "Aylin", "Björn", "Camille", "Chidi", "Daniel", "Elána", "Eléna", "Emma",
    "Françoise", "Hana", "Ines", "Jakob", "João", "Kenji", "Lea", "Łukasz", "Maja", "Marie-Claire", "Mateo",
    "Nils", "Noor", "Olu", "Priya", 'Robert "Bob"', "Sara", "Søren", "Thu", "Žofia", "Zoë",
)  # fmt: skip
"""Students' first names; UTF-8 holds them all."""

last_names = (
    "Adeyemi", "Andersson", "Berg", "Chen", "D'Angelo", "Dąbrowski", "Fernández", "García", "Haddad",
    "Ivanova", "Jensen", "Kaya", "Kowalski", "Lindqvist", "Łukaszewicz", "Müller", "Ng", "Nguyễn", "O'Brien",
    "Okafor", "Ørsted", "Park", "Patel", "Quist", "Rossi", "Sato", "Smith", "Strauß", "Tanaka",
    "van der Berg", "Weiß", "Yılmaz", "Zając",
)  # fmt: skip
"""Students' last names."""

staff_first_names = (
    "Agnès", "Bernard", "Carla", "David", "Élise", "Frida", "Georg", "Håkon", "Irène", "Jürgen", "Karin",
    "Luís", "Magnus", "Nadia", "Otto", "Pía", "Rasmus", "Šárka", "Tove", "Ulla",
)  # fmt: skip
"""First names of staff: within cp1252, the encoding of their file."""

staff_last_names = (
    "Bakke", "Castañeda", "Dubois", "Eriksen", "Fischer", "Gómez", "Hägglund", "Ito", "Jørgensen", "Klein",
    "Lefèvre", "Møller", "Novak", "O'Neill", "Peña", "Renée", "Schröder", "Thørn", "Ulrich", "Vogel",
    "Wójcik",
)  # fmt: skip
"""Last names of staff: within cp1252."""

countries = ("NO", "SE", "DE", "FR", "PL", "TR", "NG", "JP", "VN", "IN", "")
"""Nationalities as PowerSchool holds them; the last means that the office did not ask."""
