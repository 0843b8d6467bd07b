"""What stands below a stage follows it once the hand rests and the part is in sight: until then it costs no run.

A stage (a strip, a walk, the maps) tells the page in the browser which content it shows, once that has not changed for
half a second (rests.js). A part below says here of which content it speaks; where the two differ, the browser asks for
a run of the part's own fragment, as soon as the part is in sight. Until then the part steps back.

    @messages.fragment(key=MEASURED)
    def show_measured():
        tell(story.repaired(state().comparison))
        below.follow("denoise", state().shown)
"""

from ui.component import component, nothing

_BELOW = component("ui/output/below/below", html="<i></i>", isolated=False)


def follow(part: str, shown: str) -> None:
    """Let the fragment around it follow the stage; call it last in there, in no container of its own.

    Args: part: names it in the whole app; shown: version of the stage's content of which the part speaks, as the
          stage's component returned it.
    """
    _BELOW(key=f"below_{part}", data={"shown": shown}, height="content", on_due_change=nothing)
