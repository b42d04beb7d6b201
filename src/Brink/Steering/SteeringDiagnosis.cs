using System.Globalization;
using System.Runtime.InteropServices;
using Brink.Algebra;
using Brink.Monitoring;
using Brink.Objectives;
using Brink.Spectra;
using TorchSharp.Modules;

namespace Brink.Steering;

/// <summary>What a step met that raised the loss: the curvature where it began, in the metric of the optimizer.</summary>
/// <param name="Effective">The largest eigenvalues of the Hessian in the optimizer's metric at the rate of the step, largest first: the
/// step is unstable along those above 2.</param>
/// <param name="Alignments">Cosine of the step with each of their eigenvectors, in the same metric.</param>
/// <param name="Layer">The layer that has the largest share of the eigenvector along which the step went farthest, weighted by that
/// distance and by how far its eigenvalue is beyond 2.</param>
/// <param name="LayerShare">That share of its squared length.</param>
/// <param name="Converged">False if the eigenvalues missed their tolerance.</param>
public sealed record SteeringDiagnosis(
    IReadOnlyList<double> Effective, IReadOnlyList<double> Alignments, string Layer, double LayerShare, bool Converged)
{
    // Divergence has several eigenvalues beyond the edge at once.
    private const int Pairs = 4;

    private const double Tolerance = 1e-2;

    private const int MostProducts = 200;

    /// <summary>The next burst from where the step was undone; null for rules other than gradient descent, whose map is another, and
    /// where the map shows none.</summary>
    public BurstForecast? Forecast { get; init; }

    /// <summary>The diagnosis in one sentence.</summary>
    public string Sentence => string.Create(
        CultureInfo.InvariantCulture,
        $"{Effective.Count(value => value > 2)} of the {Effective.Count} largest eigenvalues are beyond the edge of 2 (the largest is"
            + $" {Effective[0]:g3}{(Converged ? "" : ", not converged")}), mostly in layer {Layer} ({LayerShare:p0} of the direction)");

    /// <summary>Measures where a training undid its last step.</summary>
    /// <param name="training">The training.</param>
    /// <param name="undone">The state after the step was undone.</param>
    /// <param name="layers">Layers of the parameters.</param>
    /// <exception cref="ArgumentException">The last step was not undone.</exception>
    public static SteeringDiagnosis Of(SteeredDescent training, SteeredState undone, IReadOnlyList<ParameterLayer> layers)
    {
        if (undone.Last is not { Decision: not SteeringDecision.Accept } last)
            throw new ArgumentException("the last step was not undone", nameof(undone));
        using var scope = NewDisposeScope();
        var update = undone.UpdateBy(training.Rule);
        var gain = last.Multiple * training.LearningRate(undone.Steps) * training.Rule.Gain;
        var scale = training.Rule.Preconditioner(undone.After!) is { } preconditioner
            ? Math.Sqrt(gain) * preconditioner.rsqrt()
            : full_like(update, Math.Sqrt(gain));
        using var point = undone.Copy(training.Loss);
        var expansion = point.Point.Expansion;
        var (found, top) = Of(
            new(update.shape[0], update.dtype, v => scale * expansion.HessianTimes(scale * v)), update / scale, layers);
        if (training.Rule is not PlainRule || !(found.Effective[0] > 0)) return found;
        return found with
        {
            Forecast = BurstForecast.Of(
                BurstMap.Of(expansion, found.Effective[0] / gain, top),
                undone.Bursts,
                undone.Steps,
                point.Point.Loss,
                ahead => training.Policy.MultipleAfter(undone.Steering!, ahead) * training.LearningRate(undone.Steps + ahead)),
        };
    }

    /// <summary>Measures at the present parameters.</summary>
    /// <param name="module">The module.</param>
    /// <param name="optimizer">Its optimizer.</param>
    /// <param name="measured">The parameters and the loss to measure.</param>
    /// <param name="after">Parameters [p] after the step.</param>
    /// <param name="multiple">Multiple of the optimizer's rate that the step was made at.</param>
    /// <param name="bursts">Bursts so far; null where the losses are those of small batches.</param>
    /// <param name="step">Number of accepted steps.</param>
    /// <param name="ahead">Returns the multiple of a further step, from 0.</param>
    internal static SteeringDiagnosis Of(
        nn.Module module,
        OptimizerHelper optimizer,
        MeasuredParameters measured,
        Tensor after,
        double multiple,
        BurstHistory? bursts,
        long step,
        Func<int, double> ahead)
    {
        using var scope = NewDisposeScope();
        using var kept = new ModuleState(module, ProbeMode.AsTrained);
        using var differentiable = enable_grad();
        var theta = measured.Parameters.Theta();
        using var expansion = measured.Loss.ExpandAt(theta);
        var metric = StabilityMetric.Of(optimizer, measured.Parameters);
        metric = metric with { Scale = metric.Scale * Math.Sqrt(multiple) };
        var moved = (after - theta).nan_to_num(0, 0, 0) / metric.Scale.clamp_min(double.Epsilon);
        var (found, top) = Of(metric.Of(expansion.Hessian()), moved, measured.Parameters.Layers);
        // Gradient descent without momentum and decay: its metric is the learning rate.
        if (bursts is null || metric is not { Momentum: 0, Uniform: { } rate } || !(found.Effective[0] > 0)) return found;
        try
        {
            var map = BurstMap.Of(expansion, found.Effective[0] / (multiple * rate), top);
            return found with { Forecast = BurstForecast.Of(map, bursts, step, expansion.Loss, t => ahead(t) * rate) };
        }
        catch (ExternalException)
        {
            // An operator of the module has no third derivative: no reason to end a training that was just saved.
            return found;
        }
    }

    /// <param name="metric">The Hessian H in the optimizer's metric, s H s.</param>
    /// <param name="moved">The step d in the coordinates of that operator, s^-1 d [p].</param>
    /// <param name="layers">Layers of the parameters.</param>
    /// <returns>The diagnosis, and the eigenvector [p] of the largest eigenvalue in those coordinates.</returns>
    private static (SteeringDiagnosis Found, Tensor Top) Of(SymmetricOperator metric, Tensor moved, IReadOnlyList<ParameterLayer> layers)
    {
        using var scope = NewDisposeScope();
        using var tracker = new EigenpairTracker(new(Pairs, Tolerance, MaxProducts: MostProducts));
        var pairs = tracker.Track(metric);
        var vectors = pairs.Vectors.narrow(0, 0, Math.Min(Pairs, pairs.Vectors.shape[0]));
        var along = vectors.mv(moved / moved.norm().clamp_min(double.Epsilon)).to(ScalarType.Float64).data<double>().ToArray();
        double[] values = [.. pairs.Values.Take(along.Length)];
        var weights = along.Zip(values, (cosine, value) => cosine * cosine * Math.Max(value - 2, 0)).ToArray();
        var worst = weights.Max() > 0 ? Array.IndexOf(weights, weights.Max()) : 0;
        var (layer, share) = layers
            .Select(one => (one.Name, vectors[worst].narrow(0, one.Start, one.Length).square().sum().ToDouble()))
            .MaxBy(one => one.Item2);
        var top = scope.MoveToOuter(vectors[0].clone());
        return (new(values, [.. along.Select(Math.Abs)], layer, share, pairs.Converged), top);
    }
}
