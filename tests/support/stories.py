"""given / when / then over any decider: `given(DECIDER, *events).when(command).then(*events)` or `.refused(why)`."""

from dataclasses import dataclass
from typing import Any

import pytest

from shared.kernel.decider import Decider
from shared.kernel.refusal import Reason, Refused


@dataclass(frozen=True)
class Story:
    """A decider and what has happened so far."""

    decider: Decider[Any, Any, Any]
    past: tuple[Any, ...]

    @property
    def state(self) -> Any:
        return self.decider.fold(self.past)

    def when(self, *commands: Any) -> "Told":
        """Each command on the state the ones before it left; `then` looks at what the last one said."""
        story = self
        for command in commands[:-1]:
            story = story.after(command)
        return Told(story, commands[-1])

    def after(self, *commands: Any) -> "Story":
        """The story once *commands* have been obeyed."""
        story = self
        for command in commands:
            story = Story(story.decider, (*story.past, *story.decider.decide(command, story.state)))
        return story


@dataclass(frozen=True)
class Told:
    story: Story
    command: Any

    def events(self) -> list[Any]:
        return list(self.story.decider.decide(self.command, self.story.state))

    def then(self, *kinds: Any) -> list[Any]:
        """The events said, after checking them: classes are compared by class, events by value."""
        found = self.events()
        assert len(found) == len(kinds), found
        for event, kind in zip(found, kinds, strict=True):
            if isinstance(kind, type):
                assert type(event) is kind, found
            else:
                assert event == kind
        return found

    def state(self) -> Any:
        return self.story.after(self.command).state

    def refused(self, why: Reason, pointer: str | None = None) -> Refused:
        with pytest.raises(Refused) as caught:
            self.events()
        assert caught.value.why is why, str(caught.value)
        if pointer is not None:
            assert caught.value.pointer == pointer
        return caught.value


def given(decider: Decider[Any, Any, Any], *past: Any) -> Story:
    return Story(decider, past)
