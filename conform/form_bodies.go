package main

import "strings"

const kib64 = 64 << 10

func bodies() []check {
	return []check{
		{sentence: "Over 64 KiB is 413; 64 KiB are taken.", run: func(t *T) {
			for _, d := range taking(t.place()) {
				text := d.body.String()
				t.refuse(d.saying(text+strings.Repeat(" ", kib64-len(text)+1)), 413, "")
				t.refuse(d.saying(strings.Repeat("x", 200<<10)), 413, "")
				t.expect(d.saying(text+strings.Repeat(" ", kib64-len(text))), 200, 201)
			}
			for _, route := range []string{"/submit", "/deliver"} {
				t.refuse(post(t.place().path+route, strings.Repeat(" ", kib64+1)), 413, "")
			}
		}},
		{sentence: "Content-Type other than application/json is 415.", run: func(t *T) {
			p := t.place()
			for _, d := range taking(p) {
				right := d.saying(d.body.String())
				for _, other := range []string{
					"text/plain", "text/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml",
					"application/jsonx", "application/problem+json", "application", "/", "*/*", "application/json/x", "application/octet-stream", "",
				} {
					t.refuse(right.with("Content-Type: "+other), 415, "")
				}
				t.refuse(right.with("Content-Type"), 415, "")
				t.refuse(right.with("Content-Type: text/plain", "Content-Type: application/json"), 415, "")
			}
			t.unwritten(p.path, 1)
		}},
		{sentence: "application/json is taken in any case, and with charset=utf-8.", run: func(t *T) {
			for _, same := range []string{"application/json", "application/json; charset=utf-8", "application/json;charset=UTF-8", "Application/JSON"} {
				t.expect(post("/orders", anOrder().String()).with("Content-Type: "+same), 201)
			}
		}},
		{sentence: "A body that has to be there and is not is 400, without a content type 415.", run: func(t *T) {
			p := t.place()
			for _, d := range taking(p) {
				t.refuse(d.request.with("Content-Type: application/json"), 400, "")
				t.refuse(d.request, 415, "")
			}
			t.unwritten(p.path, 1)
		}},
		{sentence: "submit and deliver take no body and no content type, or {}.", run: func(t *T) {
			for _, r := range []struct {
				route string
				done  int
			}{{"/submit", 202}, {"/deliver", 422}} { // a pending order is not delivered
				t.expect(post(t.place().path+r.route, ""), r.done)
				for _, text := range []string{"{}", " { } \n"} {
					t.expect(post(t.place().path+r.route, text), r.done)
				}
				p := t.place()
				path := p.path + r.route
				t.refuse(post(path, "{}").with("Content-Type"), 415, "")
				t.refuse(post(path, "{}").with("Content-Type: text/plain"), 415, "")
				t.refuse(post(path, `{"a": 1}`), 400, "/a")
				for _, text := range []string{"[]", "null", `""`, "1", "{", "}", "{}{}", "{},", "\ufeff{}", "x", "\xff"} {
					t.refuse(post(path, text), 400, "")
				}
				t.unwritten(p.path, 1)
			}
		}},
	}
}
