package replication

import (
	"strings"
	"testing"
)

func exampleReport() *Report {
	r := &Report{Rounds: 3, Machine: Machine{CPUs: 2, PostgreSQL: "15.1"}}
	s := r.section("catchup", "catch-up of nothing", "from here to there")
	for round := range 3 {
		s.line(syncerName, "", "s").add([]float64{3, 1, 2}[round])
		s.line(syncerName, "", "s").spent(usage{peak: int64(100+round) << 20, cpu: spending{"walsender": 2, "syncer": 3, "walwriter": 0.01, benchKind: 0.02}})
		s.line(nativeName, "", "s").add([]float64{3, 5, 8}[round])
		s.line(nativeName, "", "s").spent(usage{})
	}
	s.Others = []float64{0.1, 0.3}
	s.timesNative(4.5)
	s.memory()
	return r
}

func TestVerdicts(t *testing.T) {
	verdicts := exampleReport().Sections[0].Verdicts
	want := []Verdict{
		// the median of 3/3, 5/1 and 8/2, which is not the ratio of the medians, 5/2
		{What: "syncer, times as fast as native", Measured: 4, Limit: 4.5, Unit: "×", AtLeast: true, Reached: false},
		{What: "resident memory of the syncer", Measured: 102, Limit: memoryLimit, Unit: "MiB", Reached: true},
	}
	if len(verdicts) != len(want) {
		t.Fatalf("%d verdicts: %+v", len(verdicts), verdicts)
	}
	for n := range want {
		if verdicts[n] != want[n] {
			t.Errorf("got %+v, want %+v", verdicts[n], want[n])
		}
	}
}

func TestLineKeepsRoundsAndMedian(t *testing.T) {
	s := exampleReport().Sections[0]
	if len(s.Lines) != 2 || s.Lines[0].Median != 2 || s.Lines[1].Median != 5 {
		t.Errorf("lines: %+v", s.Lines)
	}
	if len(s.Lines[0].PeakMiB) != 3 || len(s.Lines[1].PeakMiB) != 0 {
		t.Error("only the syncer has memory of its own")
	}
}

func TestPrint(t *testing.T) {
	var b strings.Builder
	exampleReport().Print(&b)
	for _, want := range []string{
		"Catch-up of nothing", "(from here to there)", "2.00 s    (3.00 1.00 2.00)\n", "CPU seconds: 5.01 without bench: syncer 3.00, walsender 2.00; syncer's memory 102 MiB\n",
		"other programs used 20 % of the machine meanwhile, in one leg 30 %",
		"MISSED   syncer, times as fast as native", "4.00 × (at least 4.50)", "reached  resident memory",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is not in\n%s", want, b.String())
		}
	}
	if strings.Contains(b.String(), "QUICK") {
		t.Error("it was no quick run")
	}
}
