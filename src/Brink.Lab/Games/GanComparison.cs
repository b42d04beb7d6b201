using Brink.Runs;

namespace Brink.Lab;

/// <summary>Compares solvers that train the same GANs, from the same weights on the same samples, with samples of the data and with
/// samples that are spread evenly.</summary>
/// <param name="Trial">The GANs.</param>
public sealed record GanComparison(GanTrial Trial)
{
    private const int Measurements = 20, Pictures = 4, Pictured = 400;

    /// <summary>Name of the solver with learned weights.</summary>
    public const string Learned = "learned";

    /// <param name="run">New run; complete afterwards.</param>
    /// <param name="name">Name of the run.</param>
    /// <param name="solvers">Solvers to compare.</param>
    /// <param name="progress">Called at each measurement.</param>
    public RunSummary Run(RunWriter run, string name, IReadOnlyList<GanSolver> solvers, Action<StudyProgress>? progress)
    {
        using var scope = NewDisposeScope();
        var journal = new RunJournal(run, TimeProvider.System);
        var experiment = RunJson.Node(new { Trial, Solvers = solvers.Select(one => one.Settings) })!.ToJsonString();
        journal.Begin(name, GameSchema.GanComparison, experiment);
        var (data, even) = Trial.References();
        foreach (var (process, found) in new[] { (GameSchema.Data, data), (GameSchema.Even, even) })
            foreach (var step in new[] { 0, Trial.Steps })
                Add(process, step, [found]);
        var results = solvers.Select(solver =>
        {
            var ends = Train(solver);
            journal.CommitIfDue();
            return Result(solver.Name, ends);
        }).ToArray();
        run.Set(GameSchema.GanSolvers, [Result(GameSchema.Data, [data]), Result(GameSchema.Even, [even]), .. results]);
        return journal.End(RunStatus.Completed, $"{Trial.Data}, {Trial.Seeds} seeds, {Trial.Steps} steps each");

        IReadOnlyList<GanMeasurement> Train(GanSolver solver)
        {
            var every = Math.Max(1, Trial.Steps / Measurements);
            IReadOnlyList<GanMeasurement> found = [];
            Trial.Play(solver.At, (gans, step, w) =>
            {
                if (step % every != 0 && step != Trial.Steps) return;
                found = GanTrial.Measure(gans, w);
                Add(solver.Name, step, found);
                foreach (var (i, one) in found.Index()) Add(GameSchema.OfSeed(solver.Name, i + 1), step, [one]);
                progress?.Invoke(new(solver.Name, step, Trial.Steps, ("share", found.Average(one => one.Share))));
                if (step % (every * Measurements / Pictures) != 0 && step != Trial.Steps) return;
                using var inner = NewDisposeScope();
                var points = gans.Samples(w, Pictured)[0].contiguous().data<float>().ToArray();
                for (var i = 0; i < points.Length; i += 2)
                    run.AddToCurve(solver.Name, GameSchema.Samples, step, points[i], points[i + 1]);
            });
            return found;
        }

        void Add(string process, int step, IReadOnlyList<GanMeasurement> found)
        {
            run.Add(process, GameSchema.Modes, step, found.Average(one => one.Modes));
            run.Add(process, GameSchema.Quality, step, found.Average(one => one.Share));
            run.Add(process, GameSchema.Mmd2, step, found.Average(one => one.Mmd2));
        }
    }

    private static GanResult Result(string name, IReadOnlyList<GanMeasurement> found)
    {
        var share = found.Average(one => one.Share);
        return new(
            name,
            found.Average(one => one.Modes),
            share,
            [.. found.Select(one => one.Modes)],
            Math.Sqrt(found.Average(one => Math.Pow(one.Share - share, 2))),
            found.Average(one => one.Mmd2),
            found.Count(one => !double.IsFinite(one.Mmd2)));
    }
}
