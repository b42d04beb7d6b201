using Brink.Objectives;

namespace Brink.MiniBatches;

/// <summary>Batch sharpness, the curvature that small batches train with: the mean over batches B of g_B . H_B g_B / |g_B|^2,
/// where g_B and H_B are gradient and Hessian of the same batch (Andreyev and Beneventano 2024, arXiv 2412.20553). Under stochastic
/// gradient descent it is this mean that rises to 2/eta and stays there; the largest eigenvalue of the full Hessian can stay far
/// below.</summary>
/// <remarks>
/// <para>Batches are measured until the standard error of the mean is small; it is the error of the number that is returned. The
/// authors' code stops by the error of the ratio of means, E[g . H g] / E[|g|^2], which is another number.</para>
/// <para>With a direction d(g_B) of the step other than the gradient, such as that of momentum, each batch contributes
/// d . H_B d / (d . g_B): the curvature along the step, whose ratio to 2/eta decides whether the step lowers the loss of its
/// batch.</para>
/// </remarks>
/// <param name="RelativeError">Standard error of the mean, relative to it, that ends the measurement.</param>
/// <param name="Least">Minimum number of batches, at least 2.</param>
/// <param name="Most">Maximum number of batches.</param>
public sealed record BatchSharpness(double RelativeError = 0.005, int Least = 10, int Most = 1000)
{
    /// <summary>Measures at theta.</summary>
    /// <param name="theta">Parameters [p].</param>
    /// <param name="batches">Mean losses of batches, each used before the next is requested; one that is disposable is
    /// disposed.</param>
    /// <param name="gradient">Gradient of the whole set [p], for the noise; null: none is computed.</param>
    /// <param name="vectors">Rows [k,p] along which the noise is measured; null: none.</param>
    /// <param name="step">Returns the direction of a step [p] from the gradient of its batch [p]; null: that gradient.</param>
    public BatchReading At(
        Tensor theta,
        IEnumerable<IObjective> batches,
        Tensor? gradient = null,
        Tensor? vectors = null,
        Func<Tensor, Tensor>? step = null)
    {
        if (Least < 2) throw new InvalidOperationException($"{nameof(Least)} is {Least}; it must be at least 2");
        using var scope = NewDisposeScope();
        var (curvature, square) = (new RunningMean(), new RunningMean());
        var mean = gradient is null || vectors is null ? null : Numbers(vectors.mv(gradient));
        var along = mean?.Select(_ => new RunningMean()).ToArray() ?? [];
        using var each = batches.GetEnumerator();
        while (true)
        {
            // Before the batch is made: its tensors are freed with it.
            using var inner = NewDisposeScope();
            if (!each.MoveNext()) break;
            var batch = each.Current;
            using var owned = batch as IDisposable;
            using var expansion = batch.ExpandAt(theta);
            var g = expansion.Gradient;
            var d = step?.Invoke(g) ?? g;
            curvature.Add(d.dot(expansion.HessianTimes(d)).ToDouble() / d.dot(g).ToDouble());
            square.Add(g.dot(g).ToDouble());
            if (mean is not null)
                foreach (var (i, value) in Numbers(vectors!.mv(g)).Index()) along[i].Add(Math.Pow(value - mean[i], 2));
            if (curvature.Count >= Most || (curvature.Count >= Least && IsSmall())) break;
        }
        // A single batch of all samples has no error.
        var error = curvature.Count > 1 ? curvature.StandardError : 0;
        return new(
            curvature.Mean,
            error,
            curvature.Count,
            error <= RelativeError * Math.Abs(curvature.Mean),
            gradient is null ? null : Noise(gradient.dot(gradient).ToDouble(), square.Mean),
            mean is null ? null : [.. along.Select((one, i) => new NoiseAlong(mean[i], one.Mean))]);

        bool IsSmall() => curvature.StandardError <= RelativeError * Math.Abs(curvature.Mean);
    }

    /// <summary>1 - |g|^2 / E|g_B|^2, the share of noise in the gradient of a batch.</summary>
    private static double Noise(double ofWhole, double ofBatches) => ofBatches == 0 ? 0 : Math.Clamp(1 - (ofWhole / ofBatches), 0, 1);

    private static double[] Numbers(Tensor values)
    {
        using var scope = NewDisposeScope();
        return [.. values.detach().to(ScalarType.Float64).data<double>()];
    }
}

/// <summary>A measurement over batches.</summary>
/// <param name="Sharpness">Batch sharpness.</param>
/// <param name="StandardError">Its standard error.</param>
/// <param name="Batches">Number of batches.</param>
/// <param name="Converged">True if the standard error is as small as requested.</param>
/// <param name="NoiseShare">Share of noise in the squared gradient of a batch, from 0 (every batch has the gradient of the whole)
/// to 1; null without that gradient.</param>
/// <param name="Along">Noise along given vectors; null without them.</param>
public sealed record BatchReading(
    double Sharpness,
    double StandardError,
    int Batches,
    bool Converged,
    double? NoiseShare,
    IReadOnlyList<NoiseAlong>? Along)
{
    /// <summary>The interval that contains the mean with a probability of 95 %, by Student's t distribution.</summary>
    public (double Lower, double Upper) Interval
    {
        get
        {
            var half = Batches > 1 ? StudentQuantile.At95(Batches - 1) * StandardError : 0;
            return (Sharpness - half, Sharpness + half);
        }
    }
}

/// <summary>The gradient along a unit vector u.</summary>
/// <param name="Mean">u . g of the whole set.</param>
/// <param name="Variance">Variance of u . g_B over the batches.</param>
public sealed record NoiseAlong(double Mean, double Variance)
{
    /// <summary>Share of noise in the mean square, from 0 to 1.</summary>
    public double Share => Variance > 0 ? Variance / (Variance + (Mean * Mean)) : 0;
}
