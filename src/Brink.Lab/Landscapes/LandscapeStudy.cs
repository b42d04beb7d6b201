using Brink.Dynamics.Stabilization;
using Brink.Landscapes;
using Brink.Runs;

namespace Brink.Lab;

/// <summary>Runs a landscape study: a descent; for even splits also the bifurcation diagram, the convergence map and the law of
/// the final sharpness.</summary>
/// <param name="Landscape">Landscape to study.</param>
/// <param name="LearningRate">Learning rate eta.</param>
/// <param name="Start">Start of the descent [p].</param>
/// <param name="MaxSteps">Largest number of steps of the descent.</param>
public sealed record LandscapeStudy(NamedLandscape Landscape, double LearningRate, IReadOnlyList<double> Start, long MaxSteps)
{
    /// <summary>Limits of the plane of kappa and d in the diagram and the map.</summary>
    private const double FromKappa = 0.8, ToKappa = 2.05, ToD = 1.8;

    /// <exception cref="ExperimentException">A value is invalid; the message gives the first.</exception>
    public LandscapeStudy Checked()
    {
        CheckRate(Landscape, LearningRate);
        var loss = Landscape.Loss(LearningRate);
        if (Start.Count != loss.Dimension)
            throw new ExperimentException($"start: {string.Join(',', Start)}; {Landscape.Name} needs {loss.Dimension} numbers");
        if (Start.Any(x => !double.IsFinite(x)))
            throw new ExperimentException($"start: {string.Join(',', Start)}; every number must be finite");
        if (MaxSteps < 1) throw new ExperimentException($"steps: {MaxSteps}; it must be at least 1");
        if (loss.Gradient([.. Start]).All(g => g == 0))
        {
            throw new ExperimentException(
                $"start: {string.Join(',', Start)} is a critical point of {Landscape.Name}, where descent does not move; choose another"
                    + " start");
        }
        return this;
    }

    /// <param name="run">New run; complete afterwards.</param>
    /// <param name="progress">Called with the current part and the share of the whole that is done.</param>
    public LandscapeResult Run(RunWriter run, Action<StudyProgress>? progress = null)
    {
        var journal = Begin(run, Landscape, LearningRate);
        run.Set(LandscapeSchema.Start, Start);
        progress?.Invoke(new("descent", 0, 1));
        var descent = LandscapeDescent.Of(Landscape.Loss(LearningRate), LearningRate, Start, MaxSteps);
        LandscapeRecord.Descent(run, Landscape, LearningRate, descent);
        progress?.Invoke(new("bifurcation diagram", 0.1, 1));
        var thresholds = Landscape.K is { } k ? Scalars(run, k, progress) : null;
        if (Landscape.Name == LandscapeCatalog.SelfStabilizationName)
            LandscapeRecord.Portrait(run, new CubicSystem(1, 1, LearningRate));
        var diverged = descent.Outcome == DescentOutcome.Diverged;
        progress?.Invoke(new("done", 1, 1));
        return new(descent, thresholds, journal.End(
            diverged ? RunStatus.Diverged : RunStatus.Completed,
            diverged ? $"descent diverged at step {descent.Steps}" : $"{descent.Steps} steps of descent"));
    }

    /// <summary>Runs the bifurcation diagram alone.</summary>
    /// <param name="run">New run; complete afterwards.</param>
    /// <param name="landscape">An even split.</param>
    /// <param name="learningRate">Learning rate eta.</param>
    /// <param name="from">Smallest kappa; null: that of the usual range.</param>
    /// <param name="to">Largest kappa; null: that of the usual range.</param>
    /// <exception cref="ExperimentException">The landscape has no diagram, or the range is empty or below k eta.</exception>
    public static BifurcationThresholds Bifurcation(
        RunWriter run, NamedLandscape landscape, double learningRate, double? from, double? to)
    {
        var (split, first, last) = CheckedRange(landscape, learningRate, from, to);
        var journal = Begin(run, landscape, learningRate);
        LandscapeRecord.Diagram(run, split, first, last);
        var thresholds = LandscapeRecord.Thresholds(run);
        journal.End(RunStatus.Completed, $"kappa from {first:g4} to {last:g4}");
        return thresholds;
    }

    /// <exception cref="ExperimentException">The cases of <see cref="Bifurcation"/>; call this before a folder is
    /// made.</exception>
    public static (EvenSplit Split, double From, double To) CheckedRange(
        NamedLandscape landscape, double learningRate, double? from, double? to)
    {
        CheckRate(landscape, learningRate);
        if (landscape.K is not { } k)
            throw new ExperimentException($"{landscape.Name} has no bifurcation diagram; choose one of "
                + string.Join(", ", LandscapeCatalog.All.Where(one => one.K is not null).Select(one => one.Name)));
        var (first, last) = (from ?? Math.Max(FromKappa, k * learningRate), to ?? ToKappa);
        if (!(first < last) || !double.IsFinite(last - first))
            throw new ExperimentException($"kappa from {first} to {last} is an empty range; the first value must be below the last");
        if (first < k * learningRate)
        {
            throw new ExperimentException(
                $"kappa starts at {first}; it must be at least k eta = {k * learningRate:g4}, the value at x = y");
        }
        return (new(k, learningRate), first, last);
    }

    private static RunJournal Begin(RunWriter run, NamedLandscape landscape, double learningRate)
    {
        var journal = new RunJournal(run, TimeProvider.System);
        journal.Begin(landscape.Name, LandscapeSchema.Kind, null);
        run.Set(LandscapeSchema.Landscape, landscape.Name);
        run.Set(LandscapeSchema.Summary, landscape.Summary);
        run.Set(RunSchema.LearningRate, learningRate);
        run.Set(RunSchema.Threshold, 2 / learningRate);
        return journal;
    }

    private static void CheckRate(NamedLandscape landscape, double learningRate)
    {
        if (!(learningRate > 0) || !double.IsFinite(learningRate))
            throw new ExperimentException($"eta: {learningRate}; it must be above 0");
        if (landscape.K is { } k && !new EvenSplit(k, learningRate).HasEdge)
        {
            throw new ExperimentException(
                $"eta: {learningRate}; on {landscape.Name} it must be below {1.0 / k:g4}, above which no minimum is stable");
        }
    }

    private BifurcationThresholds Scalars(RunWriter run, int k, Action<StudyProgress>? progress)
    {
        var split = new EvenSplit(k, LearningRate);
        LandscapeRecord.Diagram(run, split, Math.Max(FromKappa, k * LearningRate), ToKappa);
        var thresholds = LandscapeRecord.Thresholds(run);
        progress?.Invoke(new("convergence map", 0.3, 1));
        LandscapeRecord.Convergence(run, split, new(Math.Max(FromKappa, k * LearningRate), ToKappa, 0, ToD));
        progress?.Invoke(new("law of the final sharpness", 0.6, 1));
        LandscapeRecord.Law(run, k);
        if (k != 2) return thresholds;
        progress?.Invoke(new("network", 0.8, 1));
        LandscapeRecord.Network(run, NetworkCounterpart.Default);
        return thresholds;
    }
}
