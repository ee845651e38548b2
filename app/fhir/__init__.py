"""FHIR R4: resources of an EHR <-> PatientHistory and Assessment. Pure translators."""
