"""How a class finds its teacher's server: a square to photograph, and an address to type."""

import streamlit as st

from crackcls.access import reach
from crackcls.access.modes import Action
from crackcls.datasets import keeping
from crackcls.widgets import powers, serving, waiting

# Pixels that a QR code is shown at: read from a few metres on a projector.
WIDTH = 260
LOOPBACK = (
    "Only this machine reaches this server: it was started at '{bound}'. Start it at all addresses "
    "of the machine to let a class in."
)
NO_NETWORK = (
    "This machine is in no network that others could reach it by. Join the network of the room, "
    "then load this page anew."
)


def show_way_in() -> None:
    """Show the owner where students find this server."""
    if not (waiting.is_used() and powers.may(Action.ARRANGE)):
        return
    with st.expander("How the class gets here", expanded=not keeping.runs_of_visitors()):
        bound = st.get_option("server.address")
        hosts = reach.hosts(bound)
        if hosts:
            show_address(*map(serving.url, hosts))
        else:
            lone = bound not in reach.EVERYWHERE
            st.info(LOOPBACK.format(bound=bound) if lone else NO_NETWORK)


def show_address(first: str, *others: str) -> None:
    """Show an address to open, and which others may lead here too."""
    left, right = st.columns([1, 1.4], vertical_alignment="center")
    left.image(reach.qr(first), width=WIDTH, alt=f"QR code of {first}")
    right.header(f"[{first}]({first})", anchor=False)
    right.write("In the same network, type this or point a phone's camera at the square.")
    if others:
        right.caption(f"Does it not open? Try {' or '.join(others)}")
    right.caption("Whoever opens it is a student. What proves you the owner is not in it.")
