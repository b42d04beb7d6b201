namespace Brink.Zoo.Models;

/// <summary>Batch norm over the batch and, for images, the positions. Its operations have correct derivatives of all orders:
/// those of libtorch's own are wrong beyond the second order, and it refuses a batch of one vector.</summary>
public sealed class BatchNorm : nn.Module<Tensor, Tensor>
{
    private const double Epsilon = 1e-5, Momentum = 0.1;   // libtorch's

    private readonly TorchSharp.Modules.Parameter weight;
    private readonly TorchSharp.Modules.Parameter bias;
    private readonly Tensor running_mean;
    private readonly Tensor running_variance;

    /// <summary>Creates a batch norm with weight 1, bias 0, running mean 0 and running variance 1 in every channel.</summary>
    /// <param name="channels">Number of channels.</param>
    /// <param name="precision">Element type of the parameters and of the running statistics.</param>
    public BatchNorm(long channels, ScalarType precision)
        : base(nameof(BatchNorm))
    {
        weight = nn.Parameter(ones(channels, dtype: precision));
        bias = nn.Parameter(zeros(channels, dtype: precision));
        running_mean = zeros(channels, dtype: precision);
        running_variance = ones(channels, dtype: precision);
        RegisterComponents();
    }

    /// <summary>Normalizes a batch. For a batch of one vector the variance is 0, and the output is the bias, whatever the
    /// input.</summary>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        long[] shape = x.dim() == 4 ? [1, -1, 1, 1] : [1, -1];
        if (!training)
        {
            var scale = weight * (running_variance + Epsilon).rsqrt();
            return scope.MoveToOuter(((x - running_mean.view(shape)) * scale.view(shape)) + bias.view(shape));
        }
        long[] others = x.dim() == 4 ? [0, 2, 3] : [0];
        var mean = x.mean(others, keepdim: true);
        var centred = x - mean;
        var variance = centred.square().mean(others, keepdim: true);
        using (no_grad())
        {
            running_mean.mul_(1 - Momentum).add_(mean.detach().flatten() * Momentum);
            running_variance.mul_(1 - Momentum).add_(variance.detach().flatten() * Momentum);
        }
        return scope.MoveToOuter((centred * (variance + Epsilon).rsqrt() * weight.view(shape)) + bias.view(shape));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            weight.Dispose();
            bias.Dispose();
            running_mean.Dispose();
            running_variance.Dispose();
        }
        base.Dispose(disposing);
    }
}
