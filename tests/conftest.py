"""What holds for every test: no time limits a property, and loaded states must equal a fold from the beginning."""

import os

import hypothesis

from shared.eventstore.states import States

# Speed is measured in benchmarks; a slow machine must not make a property look false. In CI the cases are the same
# every time, so that a red build can be replayed; elsewhere chance goes on looking.
hypothesis.settings.register_profile("here", deadline=None, print_blob=True)
hypothesis.settings.register_profile("ci", deadline=None, print_blob=True, derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "here")

States.CHECKED = True
