"""GANs: a generator and a critic learn from each other, in the plane under the visitor's eyes, and with digits."""

import streamlit as st

from ui import shell

shell.title(
    "GANs", "A generator learns from a critic that is learning too. Sharp is not varied: count the modes it finds."
)

with shell.loading(640):
    from aecore.galaxies import drawn
    from aecore.gans import ring, table
    from pages.gans import board, controls, digits, equations, film, galaxies, measured, quiz, story, try_next, twenty
    from pages.gans.galaxies import measured as galaxies_measured
    from ui import messages, serving
    from ui.output.fold import under_the_hood
    from ui.teach.story import show as tell

RECIPE = "_gans_recipe"  # handed from the board to what is below it
engine = serving.engine()


@messages.fragment(key="gans_stage")
def show_stage() -> None:
    """Controls, and the board, which needs no server; a change reruns only this."""
    with messages.shown():
        recipe, label = controls.show()
        board.show(recipe, label)
        st.session_state[RECIPE] = recipe
        tell(story.game(recipe))


@messages.fragment(key="gans_twenty")
def show_twenty() -> None:
    """One training is luck."""
    st.header("Twenty seeds, not one", anchor=False)
    with messages.shown():
        twenty.show(ring.load())


@messages.fragment(key="gans_samples")
def show_digits() -> None:
    """What four generators and two VAEs draw, and what that is worth."""
    st.header("The same four games, for digits", anchor=False)
    with messages.shown():
        digits.show(engine)


@messages.fragment(key="gans_measured")
def show_measured() -> None:
    """What ten thousand samples say."""
    with messages.shown():
        measured.show(engine, table.load())


@messages.fragment(key="gans_galaxies")
def show_galaxies() -> None:
    """Colour pictures of a kind, from few examples."""
    st.header("Galaxies of a kind", anchor=False)
    with messages.shown():
        galaxies.show(drawn.load())
        galaxies_measured.show(engine, drawn.load())


@messages.fragment(key="gans_real")
def show_quiz() -> None:
    """Ten pairs; the next ten rerun this."""
    st.header("Which is real?", anchor=False)
    with messages.shown():
        quiz.show(engine, serving.available(engine, *quiz.ASKED) or quiz.ASKED)


@messages.fragment(key="gans_collapse")
def show_film() -> None:
    """A collapse, filmed; filled only while it is open."""
    opened = st.expander(
        "A collapse in ten seconds", icon=":material/movie:", on_change="rerun", key="gans_film_open",
        bind="query-params",
    )  # fmt: skip
    if opened.open:
        with opened, messages.shown():
            st.caption(
                "Two games, two sets of knobs, the same 936 batches. Unfair: the generator takes five steps for each "
                "of the critic's, at 25 times its rate. Each column is drawn from the same noise throughout. "
                + film.verdict(table.load().films)
            )
            film.show(table.load().films)


@messages.fragment(key="gans_equations")
def show_equations() -> None:
    """What runs, for the game on the board."""
    under_the_hood("gans", lambda: equations.show(st.session_state[RECIPE]))


galaxies.recall()
show_stage()
shell.head_start()
show_twenty()
show_digits()
show_measured()
show_galaxies()
show_quiz()
show_film()
show_equations()
try_next.show()
serving.warm_up()
