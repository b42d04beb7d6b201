using Brink.Objectives;
using Brink.Optimizers;

namespace Brink.Lab;

/// <summary>Trains one variant at one batch size with one learning rate, by stochastic gradient descent without
/// momentum.</summary>
internal sealed record BnpTrial(
    BnpStudy Study, BnpData Data, BnpVariant Variant, int Batch, double LearningRate, TimeProvider Time)
{
    /// <param name="steps">Largest number of steps.</param>
    /// <param name="seconds">Longest training time.</param>
    /// <param name="watch">Called at step 0 and after every step without a fault; its own time does not count.</param>
    /// <param name="cancellation">Checked at every step.</param>
    /// <returns>The end of the training.</returns>
    public BnpEnd Run(int steps, double? seconds, Action<BnpMoment>? watch, CancellationToken cancellation)
    {
        using var network = new BnpNetwork(Study.Model, Data.Shape, Data.Classes, Variant, ScalarType.Float32, Data.Start, Study.Seed);
        using var bnp = Variant == BnpVariant.Bnp ? new Bnp(network) : null;
        using var optimizer = optim.SGD(network.parameters(), LearningRate);
        // Minibatches from shuffled passes over the images, the same for all trainings.
        using var generator = new Generator((ulong)Study.Seed + 1, CPU);
        var n = (int)Data.Inputs.shape[0];
        var (order, at, taken) = (Array.Empty<long>(), n, 0.0);
        var losses = new List<double>();
        string? fault = null;
        var step = 0;
        watch?.Invoke(new(0, 0, network, bnp));
        while (step < steps && !(taken >= seconds) && fault is null)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var started = Time.GetTimestamp();
            if (at + Batch > n)
            {
                order = randperm(n, generator: generator, dtype: ScalarType.Int64).data<long>().ToArray();
                at = 0;
            }
            var chosen = tensor(order.AsSpan(at, Batch).ToArray());
            at += Batch;
            optimizer.zero_grad();
            using (var loss = nn.functional.cross_entropy(
                network.call(Data.Inputs.index_select(0, chosen)), Data.Labels.index_select(0, chosen)))
            {
                losses.Add(loss.ToDouble());
                Differentiation.Accumulate(loss);
            }
            try
            {
                bnp?.Precondition();
            }
            catch (ArithmeticException e)
            {
                fault = e.Message;
            }
            if (!double.IsFinite(losses[^1])) fault ??= $"step {step + 1}: the loss is not finite";
            if (fault is null) optimizer.step();
            step++;
            taken += Time.GetElapsedTime(started).TotalSeconds;
            if (fault is null) watch?.Invoke(new(step, taken, network, bnp));
        }
        return new(step, taken, losses.TakeLast(Math.Max(1, losses.Count / 2)).Average(), fault);
    }
}

/// <summary>State of a training after a step.</summary>
internal sealed record BnpMoment(int Step, double Seconds, BnpNetwork Network, Bnp? Bnp);

/// <param name="MinibatchLoss">Mean loss on the minibatches over the second half of the steps.</param>
/// <param name="Fault">The reason why the training stopped early, or null.</param>
internal sealed record BnpEnd(int Steps, double Seconds, double MinibatchLoss, string? Fault);
