"""The proof of the offline promise: the phones' own code against the real server, with everything failing.

`make test-sync` runs it. Phones are the app's TypeScript under Node (static/src/simulator), each with a
store in memory; this side runs a database and a web server of its own, kills them on request, and judges
what is left afterwards.
"""
