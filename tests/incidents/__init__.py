"""Every published accident as a test that passes: MIS-01 to MIS-20."""
