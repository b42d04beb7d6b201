namespace Brink.Zoo.Models;

/// <summary>Group norm of vectors [b,c] and of images [b,c,h,w], composed like <see cref="BatchNorm"/>; TorchSharp's own does
/// not accept vectors.</summary>
public sealed class GroupNorm : nn.Module<Tensor, Tensor>
{
    private const double Epsilon = 1e-5;   // libtorch's

    private readonly int _groups;
    private readonly TorchSharp.Modules.Parameter weight;
    private readonly TorchSharp.Modules.Parameter bias;

    /// <summary>Creates a group norm with weight 1 and bias 0 in every channel.</summary>
    /// <param name="groups">Number of groups; it must divide the number of channels.</param>
    /// <param name="channels">Number of channels c.</param>
    /// <param name="precision">Element type of the parameters.</param>
    public GroupNorm(int groups, long channels, ScalarType precision)
        : base(nameof(GroupNorm))
    {
        _groups = groups;
        weight = nn.Parameter(ones(channels, dtype: precision));
        bias = nn.Parameter(zeros(channels, dtype: precision));
        RegisterComponents();
    }

    /// <summary>Normalizes x [b,c] or [b,c,h,w] in each sample over groups of neighbouring channels, then scales and shifts
    /// it.</summary>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        long[] shape = x.dim() == 4 ? [1, -1, 1, 1] : [1, -1];
        var groups = x.reshape(x.shape[0], _groups, -1);
        var centred = groups - groups.mean([2], keepdim: true);
        var variance = centred.square().mean([2], keepdim: true);
        var normalised = (centred * (variance + Epsilon).rsqrt()).view(x.shape);
        return scope.MoveToOuter((normalised * weight.view(shape)) + bias.view(shape));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            weight.Dispose();
            bias.Dispose();
        }
        base.Dispose(disposing);
    }
}
