"""Case-management backend of KIM-Lotse: takes in intakes, books talks with interpreters, serves the staff pages."""
