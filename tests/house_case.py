"""A small journey whose train is a house: provisioned in seconds, with all that a house has."""

from __future__ import annotations

HOUSE = """\
retinue: 1
title: A short house
depart: 2024-05-04 09:00 Asia/Vladivostok
party: {principal: 1, guests: 2, guards: 4}
legs:
  - rail:
      from: Khasan
      to: Khabarovsk
      train: moscow-2001
      at most: 60 km/h
      stops:
        - {at: Ussuriysk, for: 60 min, why: crew and water, locomotives: [ep1, ep1]}
provisioning:
  policy: standard
  groups:
    guests: {allergies: {nuts: 1}}
  pre orders:
    - {dish: Borscht, role: guests, day: 1, meal: lunch}
programme:
  - what: briefing
    kind: meeting
    who: [principal, guests]
    where: conference
    lasts: 30 min
    after: 1-lunch
"""
