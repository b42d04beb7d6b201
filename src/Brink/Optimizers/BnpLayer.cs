using TorchSharp.Modules;

namespace Brink.Optimizers;

/// <summary>One dense or convolutional layer under batch normalization preconditioning.</summary>
internal sealed class BnpLayer : IDisposable
{
    private readonly BnpSettings _settings;
    private readonly nn.Module<Tensor, Tensor> _module;
    private readonly nn.HookableModule<
        Func<nn.Module<Tensor, Tensor>, Tensor, Tensor>,
        Func<nn.Module<Tensor, Tensor>, Tensor, Tensor, Tensor>>.HookRemover _hook;
    private long _pendingRows;

    /// <param name="module">A Linear or a Conv2d.</param>
    /// <param name="name">Name of the layer, empty for the root.</param>
    /// <param name="weight">Weight, and its index among the trainable parameters.</param>
    /// <param name="bias">Bias, and its index; null if there is none to train: then the layer is only scaled.</param>
    /// <param name="settings">Checked settings.</param>
    public BnpLayer(
        nn.Module<Tensor, Tensor> module,
        string name,
        (Tensor Leaf, int Index) weight,
        (Tensor Leaf, int Index)? bias,
        BnpSettings settings)
    {
        (_module, Name, Weight, Bias, _settings) = (module, name, weight, bias, settings);
        Groups = module is Conv2d convolution ? convolution.groups : 1;
        var shape = weight.Leaf.shape;
        Outputs = shape[0];
        FanIn = shape[1..].Aggregate(1L, (a, b) => a * b);
        Features = shape[1] * Groups;
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        Statistics = new(
            full(Features, settings.InitialMean, dtype: weight.Leaf.dtype, device: weight.Leaf.device),
            full(Features, settings.InitialVariance, dtype: weight.Leaf.dtype, device: weight.Leaf.device));
        _hook = module.register_forward_hook((_, input, output) =>
        {
            if (_module.training && is_grad_enabled()) Add(input, output);
            return output;
        });
    }

    public string Name { get; }

    public (Tensor Leaf, int Index) Weight { get; }

    public (Tensor Leaf, int Index)? Bias { get; }

    public InputStatistics Statistics { get; }

    public long Groups { get; }

    public long Outputs { get; }

    /// <summary>The number of entries of an input h: features, or input channels.</summary>
    public long Features { get; }

    /// <summary>n: the number of weights of one output.</summary>
    public long FanIn { get; }

    /// <summary>N of the last step; 0 before the first, where q = 1.</summary>
    public long Rows { get; set; }

    /// <summary>q^2 = max(n/N, 1).</summary>
    public double SquaredNorm => Rows == 0 ? 1 : Math.Max((double)FanIn / Rows, 1);

    /// <summary>Returns mu for each weight of an output, [groups,1,n].</summary>
    public Tensor Mean() => PerWeight(Statistics.Mean);

    /// <summary>Returns sigma~^2 = sigma^2 + eps1 max sigma^2 + eps2 for each weight of an output, [groups,1,n].</summary>
    public Tensor Variance()
    {
        using var scope = NewDisposeScope();
        var floor = (Statistics.Variance.max().ToDouble() * _settings.RelativeFloor) + _settings.AbsoluteFloor;
        return scope.MoveToOuter(PerWeight(Statistics.Variance + floor));
    }

    private void Add(Tensor input, Tensor output)
    {
        if (input.numel() == 0) return;
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var convolution = _module is Conv2d;
        var batched = input.dim() > (convolution ? 3 : 1);
        var feature = convolution ? (int)input.dim() - 3 : (int)input.dim() - 1;
        Statistics.Add(input.detach().to(Weight.Leaf.dtype), feature);
        _pendingRows += _settings.Rows == BnpRows.Samples ? (batched ? input.shape[0] : 1) : output.numel() / Outputs;
    }

    /// <summary>Adds this step's inputs to the running statistics.</summary>
    public void Step()
    {
        Statistics.Step(_settings.Rho);
        (Rows, _pendingRows) = (_pendingRows, 0);
    }

    public void DiscardInputs()
    {
        Statistics.DiscardInputs();
        _pendingRows = 0;
    }

    /// <summary>Applies P P^T / q^2 to the gradients in place.</summary>
    /// <remarks>Lange et al. (2022), Algorithms 2 and 3: G' = (G - g mu^T) / (q^2 sigma~^2), then g' = g / q^2 - G' mu; a
    /// convolution's mu and sigma~ are those of the channel for all taps.</remarks>
    /// <param name="gradient">Gradient of the weight.</param>
    public void Transform(Tensor gradient)
    {
        using var scope = NewDisposeScope();
        // A gradient in another layout (channels last) is transformed in a copy.
        var G = gradient.reshape(Groups, Outputs / Groups, FanIn);
        var (q, divisor) = (SquaredNorm, Variance() * SquaredNorm);
        if (Bias?.Leaf.grad is { } bias)
        {
            var mean = Mean();
            var g = bias.view(Groups, Outputs / Groups, 1);
            G.addcmul_(g, mean, -1).div_(divisor);
            g.div_(q).sub_(G.bmm(mean.transpose(1, 2)));
        }
        else
        {
            G.div_(divisor);
        }
        if (!gradient.is_contiguous()) gradient.copy_(G.view(gradient.shape));
    }

    public void Dispose()
    {
        _hook.remove();
        Statistics.Dispose();
    }

    private Tensor PerWeight(Tensor features) => FanIn == Features
        ? features.view(1, 1, FanIn)
        : features.view(Groups, Features / Groups, 1).expand(-1, -1, FanIn * Groups / Features).reshape(Groups, 1, FanIn);
}
