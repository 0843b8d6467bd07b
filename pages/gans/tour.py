"""The GANs page's guided tour."""

from ui.teach.tour import Step, link, used

BOARD = "gans_board"

TOUR = (
    Step(
        "Dots are the generator's samples; rings are the modes to find. Choose Non-saturating.",
        "gans_game",
        link("gans_game", "non-saturating"),
        then="The same two networks carry on, now with another loss.",
    ),
    Step(
        "Under More settings, slow the critic down to a learning rate of 0.0005.",
        "gans_more",
        link("gans_critic_lr"),
        then="Samples that huddle and wander from ring to ring are sharp, but not varied. That is mode collapse.",
    ),
    Step(
        "One training may be luck. Press Run 20 seeds.",
        BOARD,
        used(),
        part=".twenty",
        then="Each bar is one seed: how many modes its samples found after 1,500 steps.",
    ),
    Step(
        "Choose WGAN-div, and run 20 seeds again.",
        "gans_game",
        link("gans_game", "wgan-div"),
        then="Both results stay on the page to compare: same knobs, another game.",
    ),
    Step("Would you have known? Pick a question and bet.", "gans_bets_row", link("bet")),
)
