"""Where does a chat model begin to forget as a session approaches its context window?"""
