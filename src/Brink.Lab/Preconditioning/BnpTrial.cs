using Brink.Objectives;
using Brink.Optimizers;

namespace Brink.Lab;

/// <summary>Training of one variant at one batch size with one learning rate: stochastic gradient descent without
/// momentum.</summary>
internal sealed record BnpTrial(
    BnpStudy Study, BnpData Data, BnpVariant Variant, int Batch, double LearningRate, TimeProvider Time)
{
    /// <param name="steps">At most.</param>
    /// <param name="seconds">Of training, at most.</param>
    /// <param name="watch">Told of every step made, step 0 included; what it takes does not count.</param>
    /// <param name="cancellation">Checked at every step.</param>
    /// <returns>How it ended.</returns>
    public BnpEnd Run(int steps, double? seconds, Action<BnpMoment>? watch, CancellationToken cancellation)
    {
        using var network = new BnpNetwork(Study.Model, Data.Shape, Data.Classes, Variant, ScalarType.Float32, Data.Start, Study.Seed);
        using var bnp = Variant == BnpVariant.Bnp ? new Bnp(network) : null;
        using var optimizer = optim.SGD(network.parameters(), LearningRate);
        // Minibatches from shuffled passes over the images, the same for all.
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
            using (var loss = nn.functional.cross_entropy(network.call(Data.Inputs.index_select(0, chosen)), Data.Labels.index_select(0, chosen)))
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

/// <summary>A training as it stands after a step.</summary>
internal sealed record BnpMoment(int Step, double Seconds, BnpNetwork Network, Bnp? Bnp);

/// <param name="MinibatchLoss">Mean over the second half of the steps.</param>
/// <param name="Fault">Why it could not go on, or null.</param>
internal sealed record BnpEnd(int Steps, double Seconds, double MinibatchLoss, string? Fault);
