using Brink.Optimizers.SaddleEscape;
using Brink.Runs;

namespace Brink.Lab;

/// <summary>Counts the oracle calls of each method from an exact saddle to a point that is certified as an eps-local minimizer.
/// Fits the growth with 1/eps and, for the zeroth-order methods, with the dimension.</summary>
/// <remarks>A call is a gradient, a Hessian product or a value of one sample. The certificate uses the expectation itself,
/// which does not count for the method. It is computed at steps 1, 2, 3, ... and from the fiftieth on at intervals of 2 % of
/// the step: counts are at most 2 % too high.</remarks>
/// <param name="Problem">chain, sensing, phase or network.</param>
/// <param name="Epsilons">Accuracies.</param>
/// <param name="Seeds">Runs of each method at each accuracy.</param>
/// <param name="Seed">Seed of the first run; the others follow.</param>
public sealed record EscapeStudy(string Problem, IReadOnlyList<double> Epsilons, int Seeds, long Seed)
    : Study(Seed)
{
    /// <inheritdoc/>
    public override string Kind => EscapeSchema.Kind;

    // Longest run, in multiples of the steps that the theory gives without constants, in addition to BaseStepLimit.
    private const int StepLimitFactor = 6;

    private const int BaseStepLimit = 2000;

    // Samples for rho, and recorded moments between two estimates of it.
    private const int GrowthSamples = 400, GrowthEvery = 10;

    // Accuracy of the zeroth-order methods: the number of values grows with the dimension and also as 1/eps^(5/2).
    private const double ZerothEpsilon = 0.1;

    /// <summary>Dimensions of the zeroth-order methods.</summary>
    private static readonly int[] Dimensions = [4, 8, 16, 24];

    /// <summary>The chain at six accuracies from 0.1 to 0.0177, with five seeds.</summary>
    public static EscapeStudy Default { get; } = new(
        EscapeSetting.Chain, [0.1, 0.0707, 0.05, 0.0354, 0.025, 0.0177], Seeds: 5, Seed: 0);

    /// <exception cref="ExperimentException">A value is invalid; the message gives the first in one line.</exception>
    public override EscapeStudy Checked()
    {
        if (!EscapeSetting.Problems.Contains(Problem))
            throw new ExperimentException($"problem: '{Problem}' is unknown{Nearest.Hint(Problem, EscapeSetting.Problems)}");
        foreach (var epsilon in Epsilons)
        {
            if (!(epsilon is >= 1e-4 and <= 1))
                throw new ExperimentException($"epsilons: {epsilon}; it must be between 1e-4 and 1");
            if (Problem != EscapeSetting.Chain) continue;
            try
            {
                EscapeSetting.OfChain(epsilon, condition: true);
            }
            catch (InvalidOperationException e)
            {
                throw new ExperimentException($"epsilons: {e.Message}", e);
            }
        }
        if (Epsilons.Distinct().Count() < 2)
            throw new ExperimentException($"epsilons: [{string.Join(", ", Epsilons)}]; a slope needs at least two different values");
        if (Seeds is < 1 or > 1000) throw new ExperimentException($"seeds: {Seeds}; it must be between 1 and 1000");
        AtLeast("seed", Seed, 0);
        return this;
    }

    /// <param name="progress">Called before each run.</param>
    /// <param name="cancellation">Checked between steps; methods that are complete by then are reported.</param>
    internal EscapeReport Run(Action<StudyProgress>? progress = null, CancellationToken cancellation = default) =>
        Run(progress, [], null, cancellation);

    /// <param name="progress">Called before each run.</param>
    /// <param name="counts">Calls of earlier runs, in their order; those of further runs are added.</param>
    /// <param name="counted">Called after every run that was added.</param>
    /// <param name="cancellation">Checked between steps; methods that are complete by then are reported.</param>
    internal EscapeReport Run(
        Action<StudyProgress>? progress, List<double> counts, Action? counted, CancellationToken cancellation)
    {
        Checked();
        using var scope = NewDisposeScope();
        var accuracies = Epsilons.Distinct().OrderDescending().ToArray();
        var isChain = Problem == EscapeSetting.Chain;
        var whole = isChain ? null : EscapeSetting.OfFiniteSum(Problem);
        EscapeMethod[] methods =
        [
            // A model that fits all its data has no noise at that point: the condition holds.
            .. EscapeMethod.FirstAndSecondOrder.Where(method => isChain || method.Condition != EscapeMethod.BoundedVariance),
        ];
        EscapeMethod[] zerothOrder = isChain ? [.. EscapeMethod.ZerothOrder] : [];
        var of = methods.Sum(method => accuracies.Length * SeedsOf(method)) + (zerothOrder.Length * Dimensions.Length * Seeds);
        var done = 0;

        var shown = accuracies[accuracies.Length / 2];
        var (results, traces, interrupted) = (new List<EscapeResult>(), new List<EscapeTrace>(), false);
        try
        {
            foreach (var method in methods)
            {
                results.Add(Result(
                    method, EscapeSchema.Accuracy, accuracies, epsilon => 1 / epsilon, epsilon => (Setting(epsilon, method), epsilon)));
                if (method.Condition != EscapeMethod.BoundedVariance)
                    traces.Add(Traced(method, Setting(shown, method), shown, cancellation));
            }
            foreach (var method in zerothOrder)
            {
                results.Add(Result(
                    method, EscapeSchema.Dimension, Dimensions, dimension => dimension,
                    dimension => (EscapeSetting.OfChain(ZerothEpsilon, condition: true, dimension), ZerothEpsilon)));
            }
        }
        catch (OperationCanceledException)
        {
            interrupted = true;
        }
        return new(results, traces, shown, Setting(shown, methods[0]).Constants, done, interrupted);

        EscapeSetting Setting(double epsilon, EscapeMethod method) =>
            whole ?? EscapeSetting.OfChain(epsilon, method.Condition != EscapeMethod.BoundedVariance);

        EscapeResult Result<T>(
            EscapeMethod method, string against, T[] range, Func<T, double> x, Func<T, (EscapeSetting Setting, double Epsilon)> at)
        {
            var points = range.Select(value =>
            {
                var (setting, epsilon) = at(value);
                var calls = Enumerable.Range(0, SeedsOf(method)).Select(seed =>
                {
                    progress?.Invoke(new(method.Process, done, of));
                    if (done == counts.Count)
                    {
                        counts.Add(Certified(method, setting, epsilon, Seed + seed, null, cancellation));
                        counted?.Invoke();
                    }
                    return counts[done++];
                }).ToArray();
                return new EscapePoint(x(value), calls);
            }).ToArray();
            var slope = LogLogSlope.Of([.. points.Select(point => (point.X, point.Calls))], (int)(Seed % int.MaxValue));
            return new(method.Name, method.Condition, against, slope, method.Theory, points);
        }
    }

    private int SeedsOf(EscapeMethod method) => method.Condition == EscapeMethod.Noiseless ? 1 : Seeds;

    /// <summary>Returns the calls until a minimizer is certified; +infinity where none is found.</summary>
    private static double Certified(
        EscapeMethod method,
        EscapeSetting setting,
        double epsilon,
        long seed,
        Action<long, Tensor, OracleCount>? trace,
        CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)seed, CPU);
        using var whole = setting.Objective.Expectation();
        var count = new OracleCount();
        var (constants, next) = (setting.Constants, 0L);
        Tensor? last = null;
        var end = method.Run(
            new OracleCounter(setting.Objective, count),
            constants,
            epsilon,
            tensor(setting.Start),
            BaseStepLimit + (long)(StepLimitFactor * method.Steps(constants, epsilon)),
            generator,
            Observe,
            cancellation);
        last?.Dispose();
        return end.Reason == "certified" ? count.Total : double.PositiveInfinity;

        string? Observe(long step, Tensor theta)
        {
            if (step < next) return null;
            next = Math.Max(step + 1, (long)(1.02 * step));
            trace?.Invoke(step, theta, count);
            if (Certificate.At(whole, theta, epsilon, constants.LipschitzHessian).IsMinimizer) return "certified";
            // Once theta does not move, all gradients are zero and no later step can move it.
            var stuck = step > 1 && theta.equal(last!).all().ToBoolean();
            last?.Dispose();
            last = theta.clone().DetachFromDisposeScope();
            return stuck && method.Name == "sgd" ? "stuck" : null;
        }
    }

    /// <summary>Traces one run: loss, strong growth and the first two coordinates.</summary>
    private EscapeTrace Traced(EscapeMethod method, EscapeSetting setting, double epsilon, CancellationToken cancellation)
    {
        var moments = new List<EscapeMoment>();
        using var generator = new Generator((ulong)Seed, CPU);
        using var whole = setting.Objective.Expectation();
        Certified(method, setting, epsilon, Seed, Record, cancellation);
        return new(method.Process, moments);

        void Record(long step, Tensor theta, OracleCount count)
        {
            using var scope = NewDisposeScope();
            var loss = whole.Values(theta.unsqueeze(0).expand(whole.Size, theta.shape[0])).mean().ToDouble();
            StrongGrowth? growth = null;
            if (moments.Count % GrowthEvery == 0 && method.Name == "psgd")
            {
                using var batch = setting.Objective.Draw(GrowthSamples, generator);
                growth = StrongGrowth.At(batch, theta);
            }
            moments.Add(new(step, count.Total, loss, theta[0].ToDouble(), theta[1].ToDouble(), growth));
        }
    }
}
