"""The way of a message, one package a stage. Each may import those below it, and none above.

``receive``     what a platform heard becomes a message, or a change of one
``deliver``     what was said goes out to a platform, in order, once
``understand``  what a message is: a word that steers, an answer, a press, or a new task
``execute``     the rounds of a running task: node, call, stored result
``plan``        one model call decides what a message needs; another way around what failed
``conclude``    how a task ends, or what it waits for
``show``        its card, and what is asked on it
``common``      what several stages are handed: the advance, the board, outcomes, keys, words
"""
