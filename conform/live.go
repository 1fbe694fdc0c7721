package main

import "strings"

func flowing() []check {
	return []check{
		{sentence: "GET /live answers {url}: a path, or the address of a WebSocket.", run: func(t *T) {
			a := t.must(get("/live"), 200)
			url := a.text("/url")
			if !strings.HasPrefix(url, "/") && !strings.HasPrefix(url, "wss://") && !strings.HasPrefix(url, "ws://") {
				t.fail(a, "a path or the address of a WebSocket, not %q", url)
			}
		}},
	}
}
