"""Commands for those who develop Seodang; none of them is in the wheel."""
