"""The columns of each file of each standard, in their order.

OneRoster: 1EdTech, OneRoster 1.1 and 1.2 CSV Binding. SDS: Microsoft, School Data Sync v2.1 CSV file format.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

METADATA = "metadata."
"""What the names of a file's own columns begin with; they come last."""


@dataclass(frozen=True, slots=True)
class File:
    """The columns of a file, in order, and which of them are never blank."""

    columns: tuple[str, ...]
    required: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """A format of a set of files. `version` is what its manifest says, "" where a set has none.

    `listed` are the files that a manifest speaks of, `ordered` says whether the order of columns counts.
    """

    title: str
    version: str
    files: Mapping[str, File]
    listed: tuple[str, ...] = ()
    ordered: bool = True


def _files(text: str, *, every: str = "") -> dict[str, File]:
    """Return the files of a table, a line each: its name and its columns, with a * after required ones."""
    found: dict[str, File] = {}
    for line in text.strip().splitlines():
        name, *columns = line.split()
        marked = (*every.split(), *columns)
        required = frozenset(each.removesuffix("*") for each in marked if each.endswith("*"))
        found[name] = File(tuple(each.removesuffix("*") for each in marked), required)
    return found


_EVERY = "sourcedId* status dateLastModified"
_COMMON = """
academicSessions title* type* startDate* endDate* parentSourcedId schoolYear*
classes title* grades courseSourcedId* classCode classType* location schoolSourcedId* termSourcedIds* subjects subjectCodes periods
courses schoolYearSourcedId title* courseCode grades orgSourcedId* subjects subjectCodes
demographics birthDate sex americanIndianOrAlaskaNative asian blackOrAfricanAmerican nativeHawaiianOrOtherPacificIslander white demographicRaceTwoOrMoreRaces hispanicOrLatinoEthnicity countryOfBirthCode stateOfBirthAbbreviation cityOfBirth publicSchoolResidenceStatus
enrollments classSourcedId* schoolSourcedId* userSourcedId* role* primary beginDate endDate
orgs name* type* identifier parentSourcedId
"""  # noqa: E501 - a line per file
_USERS_1_1 = """
users enabledUser* orgSourcedIds* role* username* userIds givenName* familyName* middleName identifier email sms phone agentSourcedIds grades password
"""  # noqa: E501
_USERS_1_2 = """
roles userSourcedId* roleType* role* beginDate endDate orgSourcedId* userProfileSourcedId
userProfiles userSourcedId* profileType* vendorId* applicationId description credentialType* username* password
users enabledUser* username* userIds givenName* familyName* middleName identifier email sms phone agentSourcedIds grades password userMasterIdentifier resourceSourcedIds preferredGivenName preferredMiddleName preferredFamilyName primaryOrgSourcedId pronouns
"""  # noqa: E501
_SDS = """
academicSessions sourcedId* title* type* schoolYear* startDate* endDate*
classes sourcedId* orgSourcedId* title* sessionSourcedIds courseSourcedId
courses sourcedId* orgSourcedId* title* code schoolYearSourcedId subject grade
demographics userSourcedId* sex birthDate birthCity birthState birthCountry ethnicityCodes raceCodes
enrollments classSourcedId* userSourcedId* role*
orgs sourcedId* name* type* parentSourcedId
relationships userSourcedId* relationshipUserSourcedId* relationshipRole*
roles userSourcedId* orgSourcedId* role* sessionSourcedId grade isPrimary roleStartDate roleEndDate
userFlags userSourcedId* flag*
users sourcedId* username* givenName familyName password activeDirectoryMatchId email phone sms
"""
_LISTED_1_1 = tuple(
    "academicSessions categories classes classResources courses courseResources demographics enrollments"
    " lineItems orgs resources results users".split()
)
_LISTED_1_2 = tuple(
    "academicSessions categories classes classResources courses courseResources demographics enrollments"
    " lineItemLearningObjectiveIds lineItems lineItemScoreScales orgs resources resultLearningObjectiveIds"
    " results resultScoreScales roles scoreScales userProfiles userResources users".split()
)

STANDARDS: Mapping[str, Standard] = {
    "oneroster-1.1": Standard(
        title="OneRoster 1.1",
        version="1.1",
        files=_files(_COMMON + _USERS_1_1.lstrip(), every=_EVERY),
        listed=_LISTED_1_1,
    ),
    "oneroster-1.2": Standard(
        title="OneRoster 1.2",
        version="1.2",
        files=_files(_COMMON + _USERS_1_2.lstrip(), every=_EVERY),
        listed=_LISTED_1_2,
    ),
    "sds-2.1": Standard(title="SDS v2.1", version="", files=_files(_SDS), ordered=False),
}
"""Each standard by the name that the schema calls it."""

BOOLEANS = frozenset(
    "enabledUser primary isPrimary americanIndianOrAlaskaNative asian blackOrAfricanAmerican"
    " nativeHawaiianOrOtherPacificIslander white demographicRaceTwoOrMoreRaces"
    " hispanicOrLatinoEthnicity".split()
)
"""The columns that hold true or false."""
