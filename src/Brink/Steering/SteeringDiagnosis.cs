using System.Globalization;
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

    /// <summary>The diagnosis in one sentence.</summary>
    public string Sentence => string.Create(
        CultureInfo.InvariantCulture,
        $"{Effective.Count(value => value > 2)} of the {Effective.Count} largest eigenvalues are beyond the edge of 2 (the largest is"
            + $" {Effective[0]:g3}{(Converged ? "" : ", not converged")}), mostly in layer {Layer} ({LayerShare:p0} of the direction)");

    /// <summary>Measures at the present parameters.</summary>
    /// <param name="module">The module.</param>
    /// <param name="optimizer">Its optimizer.</param>
    /// <param name="measured">The parameters and the loss to measure.</param>
    /// <param name="after">Parameters [p] after the step.</param>
    /// <param name="multiple">Multiple of the optimizer's rate that the step was made at.</param>
    internal static SteeringDiagnosis Of(
        nn.Module module, OptimizerHelper optimizer, MeasuredParameters measured, Tensor after, double multiple)
    {
        using var scope = NewDisposeScope();
        using var found = new ModuleState(module, ProbeMode.AsTrained);
        using var differentiable = enable_grad();
        var theta = measured.Parameters.Theta();
        using var expansion = measured.Loss.ExpandAt(theta);
        var metric = StabilityMetric.Of(optimizer, measured.Parameters);
        metric = metric with { Scale = metric.Scale * Math.Sqrt(multiple) };
        using var tracker = new EigenpairTracker(new(Pairs, Tolerance, MaxProducts: MostProducts));
        var pairs = tracker.Track(metric.Of(expansion.Hessian()));
        var vectors = pairs.Vectors.narrow(0, 0, Math.Min(Pairs, pairs.Vectors.shape[0]));
        // Coordinates in which the operator is s H s: a step d is s^-1 d there.
        var moved = (after - theta).nan_to_num(0, 0, 0) / metric.Scale.clamp_min(double.Epsilon);
        var along = vectors.mv(moved / moved.norm().clamp_min(double.Epsilon)).to(ScalarType.Float64).data<double>().ToArray();
        double[] values = [.. pairs.Values.Take(along.Length)];
        var weights = along.Zip(values, (cosine, value) => cosine * cosine * Math.Max(value - 2, 0)).ToArray();
        var worst = weights.Max() > 0 ? Array.IndexOf(weights, weights.Max()) : 0;
        var (layer, share) = measured.Parameters.Layers
            .Select(one => (one.Name, vectors[worst].narrow(0, one.Start, one.Length).square().sum().ToDouble()))
            .MaxBy(one => one.Item2);
        return new(values, [.. along.Select(Math.Abs)], layer, share, pairs.Converged);
    }
}
