using Brink.Dynamics;
using Brink.Objectives;
using Brink.Spectra;

namespace Brink.Lab;

/// <summary>A small network in place of the scalars. It is trained with a smaller learning rate up to the edge of that rate,
/// then with its own, for which the sharpness exceeds the edge there.</summary>
/// <remarks>The midpoint (theta_{t-1} + 2 theta_t + theta_{t+1}) / 4 corresponds to the minimum below the oscillation, kappa =
/// eta S / 2 at the midpoint to c, and the displacement from it along its top eigenvector to d - 1 (Zhu et al. 2023, their
/// networks).</remarks>
/// <param name="Experiment">Data, network, loss and learning rate.</param>
/// <param name="Kappa">kappa at the change of the learning rate, above 1: the ratio of the two learning rates.</param>
/// <param name="Approach">Steps with the smaller learning rate, until the sharpness is almost constant.</param>
/// <param name="Steps">Steps after the change.</param>
internal sealed record NetworkCounterpart(Experiment Experiment, double Kappa, int Approach, int Steps)
{
    /// <summary>The smallest of the presets: two classes, a hundred images, sixteen hidden units.</summary>
    public static NetworkCounterpart Default { get; } = new(Experiment.Small, Kappa: 1.2, Approach: 3000, Steps: 200);

    /// <returns>The oscillation, step by step, while it stays finite.</returns>
    public IReadOnlyList<Oscillation> Run()
    {
        using var problem = new Problem(Experiment);
        using var outer = NewDisposeScope();
        var (objective, rate) = (problem.Objective(ScalarType.Float64), Experiment.LearningRate);
        using var tracker = new EigenpairTracker(new(1, 1e-3));
        var start = Trained(objective, problem.Initial(), rate / Kappa);

        var descent = new GradientDescent(objective, rate);
        var window = new Queue<Point>([descent.Start(start)]);
        var oscillations = new List<Oscillation>();
        try
        {
            while (oscillations.Count < Steps)
            {
                using var scope = NewDisposeScope();
                window.Enqueue(descent.Step(window.Last()));
                if (window.Count < 3) continue;
                var (before, at, after) = (window.ElementAt(0).Theta, window.ElementAt(1).Theta, window.ElementAt(2).Theta);
                var midpoint = (before + (2 * at) + after) / 4;
                if (!midpoint.isfinite().all().ToBoolean()) break;
                using var expansion = objective.ExpandAt(midpoint);
                var pairs = tracker.Track(expansion.Hessian());
                oscillations.Add(new(
                    oscillations.Count + 1,
                    rate * pairs.Values[0] / 2,
                    pairs.Vectors[0].dot(at - midpoint).ToDouble(),
                    expansion.Loss));
                window.Dequeue().Dispose();
            }
        }
        finally
        {
            foreach (var point in window) point.Dispose();
        }
        return oscillations;
    }

    private Tensor Trained(IObjective objective, Tensor theta, double rate)
    {
        for (var step = 0; step < Approach; step++)
        {
            using var scope = NewDisposeScope();
            var (_, gradient) = objective.LossAndGradient(theta);
            theta = scope.MoveToOuter(theta - (rate * gradient));
        }
        return theta;
    }
}

/// <summary>One step of the oscillation.</summary>
/// <param name="Step">Step since the change of the learning rate, from 1.</param>
/// <param name="Kappa">eta S / 2 at the midpoint.</param>
/// <param name="X">Displacement from the midpoint along its top eigenvector.</param>
/// <param name="Loss">Loss at the midpoint.</param>
internal sealed record Oscillation(long Step, double Kappa, double X, double Loss);
