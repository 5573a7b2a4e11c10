package web

import "strings"

// agentBrowsers and agentSystems are what a browser says of itself, in the order in which it has to be looked for: most say that
// they are several others as well.
var (
	agentBrowsers = [][2]string{
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
	agentSystems = [][2]string{
		{"Windows", "Windows"}, {"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Mac OS X", "macOS"}, {"CrOS", "ChromeOS"}, {"Linux", "Linux"},
	}
)

// BrowserOf is what people call the browser and its system; the browser's own words when nobody would know it.
func BrowserOf(agent string) string {
	browser, system := firstName(agentBrowsers, agent), firstName(agentSystems, agent)
	switch {
	case browser == "":
		return agent
	case system == "":
		return browser
	}
	return browser + ", " + system
}

func firstName(names [][2]string, agent string) string {
	for _, n := range names {
		if strings.Contains(agent, n[0]) {
			return n[1]
		}
	}
	return ""
}
