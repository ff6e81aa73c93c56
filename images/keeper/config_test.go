package main

import (
	"strings"
	"testing"
)

func TestConfigurationsThatAreRefused(t *testing.T) {
	base := `"listen":"127.0.0.1:1"`
	probe := func(check string) string {
		return `{` + base + `,"command":["x"],"probe":{"intervalSeconds":2,"timeoutSeconds":3,"failures":2,"startSeconds":5,"checks":[` + check + `]}}`
	}
	for text, want := range map[string]string{
		`{`:                                      "ends too early",
		`{"listen" 1}`:                           "this is not JSON",
		`[]`:                                     "where an object is wanted",
		`{} {}`:                                  "after the end",
		`{}`:                                     `"listen" is ""`,
		`{` + base + `,"command":"x"}`:           `"command" is a JSON string where a list is wanted`,
		`{` + base + `,"command":[]}`:            `"command" is empty`,
		`{` + base + `,"watch":[1]}`:             "is a JSON number where a string is wanted",
		`{` + base + `,"reload":{}}`:             "exactly one of",
		`{` + base + `,"reload":{"singal":"X"}}`: `the field "singal" is not known`,
		`{` + base + `,"reload":{"signal":"NO"}}`:                                                                 `the signal "NO" is not known`,
		`{` + base + `,"stopSignal":"STOPP"}`:                                                                     `the signal "STOPP" is not known`,
		`{` + base + `,"requireAddresses":["10.0.0"]}`:                                                            "10.0.0",
		`{` + base + `,"command":["x"],"job":{"command":["x"],"everySeconds":1,"retrySeconds":1}}`:                "both",
		`{` + base + `,"job":{"command":["x"]}}`:                                                                  `"job" needs`,
		`{` + base + `,"quiet":"x"}`:                                                                              `"quiet" is a JSON string where a list is wanted`,
		`{` + base + `,"quiet":["fine",""]}`:                                                                      "an empty expression",
		`{` + base + `,"quiet":["fine","a("]}`:                                                                    `"quiet" has "a(", which is no regular expression`,
		`{` + base + `,"gauges":[{"name":"Queue","help":"x","filesIn":["/a"]}]}`:                                  `"gauges" has the name "Queue"`,
		`{` + base + `,"gauges":[{"name":"queue","help":"x"}]}`:                                                   `the gauge queue needs "help" and "filesIn"`,
		`{` + base + `,"prepare":[[]]}`:                                                                           "an empty command",
		probe(``):                                                                                                 `"probe" needs`,
		probe(`{"kind":"ping","name":"a"}`):                                                                       `the kind "ping"`,
		probe(`{"kind":"exec","command":["x"]}`):                                                                  `no "name"`,
		probe(`{"kind":"exec","name":"a","command":["x"],"url":"y"}`):                                             `in the check "a": the field "url" is not known`,
		probe(`{"kind":"http","name":"a","url":"ftp://x","status":200}`):                                          `"url" is "ftp://x"`,
		probe(`{"kind":"http","name":"a","url":"http://x/","status":2}`):                                          `"status" is 2`,
		probe(`{"kind":"milter","name":"a","address":"unix:rel"}`):                                                "starts with /",
		probe(`{"kind":"dns","name":"a","address":"h:53","question":"a..b","type":"A"}`):                          "no domain name",
		probe(`{"kind":"dns","name":"a","address":"h:53","question":"a.b","type":"MX"}`):                          `"type" is "MX"`,
		probe(`{"kind":"dialog","name":"a","address":"h","steps":[]}`):                                            "host:port or unix:/path",
		probe(`{"kind":"dialog","name":"a","address":"h:1","steps":[{"expect":"("}]}`):                            "no regular expression",
		probe(`{"kind":"dialog","name":"a","address":"h:1","steps":[{"send":"a","expect":"b"}]}`):                 "step 1: a step is one of",
		probe(`{"kind":"dialog","name":"a","address":"h:1","steps":[{"send":"a","skip":"b"}]}`):                   "a step is one of",
		strings.Replace(probe(`{"kind":"exec","name":"a","command":["x"]}`), `"failures":2`, `"failures":"2"`, 1): "is a JSON string where a number is wanted",
		strings.Replace(probe(`{"kind":"exec","name":"a","command":["x"]}`), `"command":["x"],"p`, `"job":{"command":["x"],"everySeconds":1,"retrySeconds":1},"p`, 1): `a "job" has no "probe"`,
	} {
		_, err := parseConfig([]byte(text))
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "keeper.json: ") {
			t.Errorf("%s\n gave %v\n wanted %s", text, err, want)
		}
	}
}

func TestWholeConfigurationIsRead(t *testing.T) {
	c, err := parseConfig([]byte(`{"command":["x","y"],"prepare":[["a"]],"check":[["b","c"]],"reload":{"command":["r"]},"watch":["/certs/site.pem"],
		"probe":{"intervalSeconds":0.5,"timeoutSeconds":3,"failures":2,"startSeconds":0,"checks":[
			{"kind":"dialog","name":"smtp","address":"127.0.0.1:25","proxy":true,"tls":true,"steps":[{"expect":"^220","skip":"^220-"},{"send":"STARTTLS"},{"tls":true}]},
			{"kind":"http","name":"web","url":"http://[::1]:80/x?y","status":200},{"kind":"milter","name":"m","address":"unix:/run/x"},
			{"kind":"dns","name":"d","address":"127.0.0.1:53","question":".","type":"NS"},{"kind":"exec","name":"e","command":["true"]}]},
		"ready":[],"requireAddresses":["198.51.100.11","2001:db8::1"],"stopSignal":"QUIT","stopSeconds":0,"listen":":9100","environment":{"A":"b"},"quiet":["^probe: ","x$"]}`))
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Probe.Checks) != 5 || len(c.quiet) != 2 || c.stopSignal() != 3 || c.stopAfter() != 0 || c.Probe.IntervalSeconds.duration().Milliseconds() != 500 {
		t.Errorf("read as %+v", c)
	}
}
