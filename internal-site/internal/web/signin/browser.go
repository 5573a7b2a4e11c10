package signin

import "strings"

// browsers and systems are what a browser says of itself, in the order in which it has to be looked for: most say that
// they are several others as well.
var (
	browsers = [][2]string{
		{"Edg", "Microsoft Edge"},
		{"OPR/", "Opera"},
		{"YaBrowser", "Yandex Browser"},
		{"SamsungBrowser", "Samsung Internet"},
		{"Firefox/", "Firefox"},
		{"FxiOS", "Firefox"},
		{"CriOS", "Chrome"},
		{"Chrome/", "Chrome"},
		{"Safari/", "Safari"},
	}
	systems = [][2]string{
		{"Windows", "Windows"}, {"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Mac OS X", "macOS"}, {"CrOS", "ChromeOS"}, {"Linux", "Linux"},
	}
)

// browserOf is what people call the browser and its system; the browser's own words when nobody would know it.
func browserOf(agent string) string {
	browser, system := first(browsers, agent), first(systems, agent)
	switch {
	case browser == "":
		return agent
	case system == "":
		return browser
	}
	return browser + ", " + system
}

func first(names [][2]string, agent string) string {
	for _, n := range names {
		if strings.Contains(agent, n[0]) {
			return n[1]
		}
	}
	return ""
}
