using Brink.Games;
using Brink.Runs;
using Brink.Zoo.Games;

namespace Brink.Lab;

/// <summary>Compares solvers that train the same GANs on 16 Gaussians, from the same weights on the same samples. The GANs of
/// all seeds are trained together.</summary>
public sealed record GanComparison(
    int Width, int Depth, int Latent, int Batch, int Steps, int Seeds, double LearningRate, double NormalisedRate)
{
    private const int Measurements = 20, Pictures = 4, Pictured = 400;

    // The strength that covers most modes of those that were tried (docs/benchmarks/games.md).
    private const double ConsensusStrength = 0.2;

    /// <summary>Names of the solvers with a fixed rule.</summary>
    public static readonly IReadOnlyList<string> Rules = ["rmsprop", "adam", "sga", "extragradient", "consensus"];

    /// <summary>Name of the solver with learned weights.</summary>
    public const string Learned = "learned";

    /// <exception cref="ExperimentException">The GANs need more memory than the machine has.</exception>
    public GanComparison Checked()
    {
        MachineMemory.Require(
            new GanSize(Width, Depth, Latent, Batch, Seeds).Bytes(1),
            $"width: {Width}, depth: {Depth}, latent: {Latent}, batch: {Batch}, seeds: {Seeds}",
            "reduce any of them");
        return this;
    }

    /// <param name="run">New run; complete afterwards.</param>
    /// <param name="name">Name of the run.</param>
    /// <param name="solvers">Names of the solvers.</param>
    /// <param name="learned">Weights of the learned optimizer; null where it is not compared.</param>
    /// <param name="progress">Called at each measurement.</param>
    public RunSummary Run(
        RunWriter run, string name, IReadOnlyList<string> solvers, LearnedOptimizer? learned, Action<StudyProgress>? progress)
    {
        using var scope = NewDisposeScope();
        var journal = new RunJournal(run, TimeProvider.System);
        journal.Begin(name, GameSchema.GanComparison, RunJson.Node(this)!.ToJsonString());
        var results = solvers.Select(solver =>
        {
            var ends = Train(run, solver, Named(solver, learned), progress);
            journal.CommitIfDue();
            return new GanResult(
                solver, ends.Average(end => end.Modes), ends.Average(end => end.Quality), [.. ends.Select(end => end.Modes)]);
        }).ToArray();
        run.Set(GameSchema.GanSolvers, results);
        return journal.End(RunStatus.Completed, $"{Seeds} seeds, {Steps} steps each");
    }

    private IGameSolver Named(string solver, LearnedOptimizer? learned) => solver switch
    {
        "rmsprop" => new RmsPropDescent(NormalisedRate),
        "adam" => new AdamDescent(NormalisedRate, 0.5, 0.9),
        "sga" => new SymplecticAdjustment(LearningRate),
        "extragradient" => new Extragradient(LearningRate),
        "consensus" => new NormalisedConsensus(NormalisedRate, ConsensusStrength),
        Learned when learned is not null => new NormalisedOptimizer(learned.To(ScalarType.Float32), NormalisedRate),
        _ => throw new ArgumentOutOfRangeException(
            nameof(solver), solver, $"expected one of {string.Join(", ", Rules)}, or {Learned} with weights"),
    };

    private IReadOnlyList<(int Modes, double Quality)> Train(
        RunWriter run, string name, IGameSolver solver, Action<StudyProgress>? progress)
    {
        using var scope = NewDisposeScope();
        var gans = new GridGan(Width, Depth, Latent, Batch, [.. Enumerable.Range(1, Seeds).Select(seed => (long)seed)]);
        var every = Math.Max(1, Steps / Measurements);
        IReadOnlyList<(int Modes, double Quality)> judged = [];
        GanPlay.Played(gans, solver, Steps, (step, w) =>
        {
            if (step % every == 0 || step == Steps) Measure(step, w);
        });
        return judged;

        void Measure(int step, Tensor w)
        {
            judged = GanPlay.Judged(gans, w);
            foreach (var (i, found) in judged.Index())
            {
                run.Add(GameSchema.OfSeed(name, i + 1), GameSchema.Modes, step, found.Modes);
                run.Add(GameSchema.OfSeed(name, i + 1), GameSchema.Quality, step, found.Quality);
            }
            progress?.Invoke(new(name, step, Steps, ("modes", judged.Average(found => found.Modes))));
            if (step % (every * Measurements / Pictures) != 0 && step != Steps) return;
            var points = gans.Samples(w, Pictured)[0].contiguous().data<float>().ToArray();
            for (var i = 0; i < points.Length; i += 2) run.AddToCurve(name, GameSchema.Samples, step, points[i], points[i + 1]);
        }
    }
}
