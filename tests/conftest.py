"""What holds for every test: whatever state is loaded must equal a fold of the stored events from the beginning."""

from shared.eventstore.states import States

States.CHECKED = True
