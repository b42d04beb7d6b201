using Brink.Objectives;
using Brink.Spectra;

namespace Brink.Bench;

/// <summary>Cost of the sharpness at every step of gradient descent, from progressive sharpening to the oscillation at the edge
/// of stability: the tracker on either engine, a step of each in turn, and cold Lanczos at every tenth.</summary>
internal static class TrackingCosts
{
    private const int Blocks = 6, Steps = 10, Images = 1000;

    public static IEnumerable<TrackingCostsRow> Rows() =>
        EdgeProblem.All(ScalarType.Float32, classes: 10, Images, margin: 1.1).SelectMany(Rows);

    private static IReadOnlyList<TrackingCostsRow> Rows(EdgeProblem problem)
    {
        using var scope = NewDisposeScope();
        using (problem)
        {
            using var generator = new Generator(0, CPU);
            IObjective[] engines = [problem.Autograd, problem.Taylor];
            TrackedDescent[] descents = [.. engines.Select(engine => new TrackedDescent(engine, problem))];
            Action[] ways =
            [
                .. engines.Select<IObjective, Action>(engine => () => engine.LossAndGradient(problem.Start).Gradient.Dispose()),
                .. descents.Select<TrackedDescent, Action>(descent => descent.Step),
            ];
            // The cold start is not measured.
            _ = Alternating.Means(1, ways);
            foreach (var descent in descents) descent.Reset();
            var (seconds, lanczos) = (new double[ways.Length], 0.0);
            for (var block = 0; block < Blocks; block++)
            {
                var some = Alternating.Means(Steps, ways);
                for (var i = 0; i < some.Length; i++) seconds[i] += some[i] / Blocks;
                lanczos += Alternating.Means(1, Cold)[0] / Blocks;
                foreach (var descent in descents) descent.Check();
            }
            TrackingCostsRow[] rows = [Row("autograd", 0), Row("taylor", 1)];
            foreach (var descent in descents) descent.Dispose();
            return rows;

            void Cold() => ColdLanczos.Sharpness(problem.Autograd, descents[0].Theta, generator);

            TrackingCostsRow Row(string engine, int way)
            {
                var (tracker, descent) = (Math.Max(1e-9, seconds[2 + way] - seconds[way]), descents[way]);
                return new(
                    problem.Name,
                    engine,
                    lanczos,
                    tracker,
                    lanczos / tracker,
                    tracker / seconds[0],
                    (double)descent.Products / (Blocks * Steps),
                    descent.WorstResidual,
                    descent.WorstError,
                    descent.Edge);
            }
        }
    }

    /// <summary>Gradient descent with its tracked sharpness, the largest relative residual and error of the sharpness, and its
    /// largest value over 2/eta.</summary>
    private sealed class TrackedDescent(IObjective objective, EdgeProblem problem) : IDisposable
    {
        private readonly EigenpairTracker _tracker = new(new(1, 1e-3, RefreshAfter: 8));
        private Tensor _before = problem.Start.clone().DetachFromDisposeScope();   // point of the tracked pairs
        private Tensor _theta = problem.Start.clone().DetachFromDisposeScope();

        public Tensor Theta => _theta;

        public int Products { get; private set; }

        public double WorstResidual { get; private set; }

        public double WorstError { get; private set; }

        public double Edge { get; private set; }

        public void Step()
        {
            using var scope = NewDisposeScope();
            using var expansion = objective.ExpandAt(_theta);
            var pairs = _tracker.Track(expansion.Hessian(_theta));
            Products += pairs.Products;
            WorstResidual = Math.Max(WorstResidual, pairs.Residuals[0] / pairs.Values[0]);
            Edge = Math.Max(Edge, pairs.Values[0] * problem.LearningRate / 2);
            _before.Dispose();
            (_before, _theta) = (_theta, (_theta - (problem.LearningRate * expansion.Gradient)).DetachFromDisposeScope());
        }

        /// <summary>Resets the recorded values.</summary>
        public void Reset() => (Products, WorstResidual, WorstError, Edge) = (0, 0, 0, 0);

        public void Check()
        {
            using var scope = NewDisposeScope();
            using var expansion = objective.ExpandAt(_before);
            using var exact = new Lanczos(1, 0, 1e-6).Solve(expansion.Hessian());
            WorstError = Math.Max(WorstError, Math.Abs(_tracker.Last!.Values[0] - exact.Top.Values[0]) / exact.Top.Values[0]);
        }

        public void Dispose()
        {
            _tracker.Dispose();
            _before.Dispose();
            _theta.Dispose();
        }
    }
}

/// <summary>Costs per step, in addition to the gradient.</summary>
/// <param name="Model">Model of the paper.</param>
/// <param name="Engine">Engine of the tracker; the reference runs on autograd.</param>
/// <param name="ReferenceSeconds">Seconds of cold Lanczos.</param>
/// <param name="Seconds">Seconds of the tracker.</param>
/// <param name="Ratio">ReferenceSeconds over Seconds.</param>
/// <param name="GradientEquivalents">Seconds in units of a plain autograd gradient.</param>
/// <param name="ProductsPerStep">Products of the tracker; the reference takes 21.</param>
/// <param name="WorstResidual">Largest residual, relative to the sharpness.</param>
/// <param name="WorstError">Largest relative error of the sharpness, compared with Lanczos to a residual of 1e-6 at every tenth
/// step.</param>
/// <param name="Edge">Largest sharpness over 2/eta.</param>
internal sealed record TrackingCostsRow(
    string Model,
    string Engine,
    double ReferenceSeconds,
    double Seconds,
    double Ratio,
    double GradientEquivalents,
    double ProductsPerStep,
    double WorstResidual,
    double WorstError,
    double Edge);
