"""Signature levels above B-B (ETSI EN 319 142-1): what is appended to a signed file so that it can be proven for decades.

    B-T     a time-stamp: the signature existed then
    B-LT    and validation data: what is needed to check signature and time-stamp when their authorities have gone
    B-LTA   and a second time-stamp over all of it, which `kiosk refresh` renews before it runs out

The signed file itself is never touched: each is an incremental update in one spelling, so that whoever reads the file can
make the update again from what it carries and compare every byte.
"""
