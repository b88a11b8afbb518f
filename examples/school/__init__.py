"""The school example: PowerSchool export files synced into a Moodle-shaped database."""
