package ui

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"testing"
)

// TestContrast measures our own pairs of text and background (WCAG 2.2, 1.4.3: at least 4.5).
func TestContrast(t *testing.T) {
	raw, err := os.ReadFile("assets/src/_settings.scss")
	if err != nil {
		t.Fatal(err)
	}
	colours := map[string]string{"white": "ffffff", "text": "0b0c0c"}
	for _, m := range regexp.MustCompile(`(?m)^\$portal-([a-z-]+): #([0-9a-f]{6});`).FindAllStringSubmatch(string(raw), -1) {
		colours[m[1]] = m[2]
	}
	for _, pair := range [][2]string{
		{"white", "blue"},
		{"white", "link"},
		{"white", "green"},
		{"link", "white"},
		{"link", "mist"},
		{"link-hover", "white"},
		{"text", "mist"},
		{"text", "amber"},
		{"link", "amber"},
		{"text", "yellow"},
	} {
		a, b := colours[pair[0]], colours[pair[1]]
		if a == "" || b == "" {
			t.Errorf("%v: no such colour", pair)
			continue
		}
		if ratio := contrast(t, a, b); ratio < 4.5 {
			t.Errorf("%s on %s: %.2f", pair[0], pair[1], ratio)
		}
	}
}

func contrast(t *testing.T, a, b string) float64 {
	x, y := luminance(t, a), luminance(t, b)
	return (math.Max(x, y) + 0.05) / (math.Min(x, y) + 0.05)
}

func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	var sum float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		v := float64(n) / 255
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		sum += weight * v
	}
	return sum
}
