namespace Brink.Lab;

/// <summary>The measurements of a solver that trains GANs, over their training.</summary>
/// <param name="Found">Measured steps, each with the measurement of every seed.</param>
public sealed record GanCourse(IReadOnlyList<(int Step, IReadOnlyList<GanMeasurement> Seeds)> Found)
{
    /// <summary>Trains the GANs, and measures them at equal intervals.</summary>
    /// <param name="trial">The GANs.</param>
    /// <param name="solver">Solver that trains them.</param>
    /// <param name="measurements">Number of intervals.</param>
    public static GanCourse Of(GanTrial trial, GanSolver solver, int measurements)
    {
        var found = new List<(int Step, IReadOnlyList<GanMeasurement> Seeds)>();
        var every = Math.Max(1, trial.Steps / measurements);
        trial.Play(solver.At, (gans, step, w) =>
        {
            if (step % every == 0 || step == trial.Steps) found.Add((step, GanTrial.Measure(gans, w)));
        });
        return new(found);
    }

    /// <summary>Means over the seeds at the end.</summary>
    public (double Modes, double Share, double Mmd2) Final =>
        (Last.Average(one => one.Modes), Last.Average(one => one.Share), Last.Average(one => one.Mmd2));

    /// <summary>Fewest modes of a seed at the end.</summary>
    public int LeastModes => Last.Min(one => one.Modes);

    /// <summary>Standard deviation of the share over the seeds at the end.</summary>
    public double ShareSpread => Math.Sqrt(Last.Average(one => Math.Pow(one.Share - Final.Share, 2)));

    /// <summary>Number of seeds whose samples are not finite at the end.</summary>
    public int Diverged => Last.Count(one => !double.IsFinite(one.Mmd2));

    private IReadOnlyList<GanMeasurement> Last => Found[^1].Seeds;

    /// <summary>Returns the first measured step at which the mean MMD^2 is at most a value; null if there is none.</summary>
    public int? StepsTo(double mmd2) => Found
        .Where(one => one.Seeds.Average(seed => seed.Mmd2) <= mmd2)
        .Select(one => (int?)one.Step)
        .FirstOrDefault();
}
