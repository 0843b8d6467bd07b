"""Lessons: six times twenty minutes with a class, as links that set the lab and questions with answers to unfold."""

import streamlit as st

from ui import shell

shell.title("Lessons", "Six lessons of 20 minutes. Each step opens the lab already set up.")

with shell.loading(560):
    from pages import PAGES
    from pages.lessons.sheet import LESSONS
    from ui import messages, serving

STYLE = """<style>
@media print {.st-key-lessons_answers {display: none}}
[data-testid="stPageLink"] :is(a, a *) {height: auto; overflow: visible; white-space: normal}
</style>"""  # a step is a sentence, which a phone breaks into lines
titles = {page.folder: page for page in PAGES}
engine = serving.engine()

st.html(STYLE)
unfolded = st.toggle(
    "Show all answers", key="lessons_answers", bind="query-params", help="Print the page with or without them."
)
for number, lesson in enumerate(LESSONS, 1):
    st.header(f"{number}. {lesson.title}", anchor=False)
    st.markdown("By the end you can:\n" + "\n".join(f"- {aim}" for aim in lesson.aims))
    for step in lesson.steps:
        page = titles[step.folder]
        st.page_link(page.script, label=f"**{page.title}.** {step.do}", icon=page.icon, query_params=dict(step.link))
    for question in lesson.questions:
        with st.expander(question.ask, expanded=unfolded, icon=":material/help:"), messages.shown():
            st.markdown(question.answer(engine))
