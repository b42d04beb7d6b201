using Brink.MiniBatches;
using Brink.Objectives;

namespace Brink.Monitoring;

/// <summary>The batches that are trained on: their sharpness, noise and edge, within the budget of a monitor.</summary>
/// <param name="batch">Computes the mean loss of the next batch, a scalar, by the module.</param>
internal sealed class TrainingBatches(Func<Tensor> batch)
{
    // A tenth is enough for a verdict; sixteen batches cost less than a product on a probe of as many of them.
    private static readonly BatchSharpness Measurement = new(RelativeError: 0.1, Least: 4, Most: 16);

    /// <summary>Measures fresh batches at the present parameters.</summary>
    /// <param name="parameters">Parameters of the module.</param>
    /// <param name="gradient">Gradient on the probe [p].</param>
    /// <param name="vectors">Vectors along which the noise counts, as rows [k,p].</param>
    public BatchReading At(ModuleParameters parameters, Tensor gradient, Tensor vectors)
    {
        var loss = parameters.Sum(1, _ => batch());
        return Measurement.At(parameters.Theta(), Enumerable.Repeat<IObjective>(loss, int.MaxValue), gradient, vectors);
    }
}
