using Brink.Monitoring;
using Brink.Reports;
using Brink.Runs;

namespace Brink.Lab.Tests;

public sealed class MonitorRecordTests
{
    [Fact]
    public void Readings_are_a_run_that_can_be_drawn_while_training_goes_on()
    {
        using var folder = new TemporaryFolder();
        using (var record = new MonitorRecord(folder.Path("mine")))
        {
            for (var step = 0; step < 40; step += 10)
            {
                var effective = 1.4 + (0.03 * step);
                record.Add(new(
                    step, 1.0 / (1 + step), 0.1, effective * 10, effective, [0.5, -0.25], 0.03, 2, effective > 2
                        ? StabilityVerdict.AtTheEdge
                        : StabilityVerdict.Sharpening, 4, step != 20, 0.05));
            }
            using var during = RunReader.Open(folder.Path("mine"));
            Assert.Equal("running", during.Manifest().Status);
        }
        using var run = RunReader.Open(folder.Path("mine"));
        Assert.Equal([1.4, 1.7, 2.0, 2.3], run.Points("monitor", "effective_sharpness").Select(point => Math.Round(point.Value, 9)));
        Assert.Equal([0.25, 0.25, 0.25, 0.25], run.Points("monitor", "alignment_2").Select(point => point.Value));
        Assert.Equal(
            [(0L, "verdict", "sharpening"), (20L, "not_converged", "the largest eigenvalues"), (30L, "verdict", "at the edge")],
            run.Events().Select(one => (one.Step, one.Kind, one.Message)));
        Assert.Contains("passed the edge of stability, 2, at step 30", Story.Of(run), StringComparison.Ordinal);
        Assert.Equal(Figures.Monitor, Figures.Of(run).Select(figure => figure.Name));
    }
}
