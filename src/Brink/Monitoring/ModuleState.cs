using TorchSharp.Modules;

namespace Brink.Monitoring;

/// <summary>Saves all that a measurement might change in a module, and restores it when disposed: the mode of each part, the
/// buffers, and the state of libtorch's random numbers.</summary>
internal sealed class ModuleState : IDisposable
{
    private readonly (nn.Module Part, bool Training)[] _modes;
    private readonly (Tensor Buffer, Tensor Value)[] _buffers;
    private readonly Tensor _random;

    /// <param name="module">Module to save.</param>
    /// <param name="mode">Mode of its parts until then.</param>
    public ModuleState(nn.Module module, ProbeMode mode)
    {
        _modes = [.. module.modules().Prepend(module).Distinct().Select(part => (part, part.training))];
        _buffers = [.. module.buffers().Select(buffer => (buffer, buffer.clone().DetachFromDisposeScope()))];
        _random = random.get_rng_state().DetachFromDisposeScope();
        if (mode == ProbeMode.Evaluation) module.eval();
        if (mode != ProbeMode.AsTrained) return;
        foreach (var (part, training) in _modes)
            if (training && DrawsRandomNumbers(part)) part.eval();
    }

    public void Dispose()
    {
        // Setting a mode also sets that of all parts below: from the outside in, each part gets its own.
        foreach (var (part, training) in _modes)
            if (part.training != training) part.train(training);
        using var quiet = no_grad();
        foreach (var (buffer, value) in _buffers)
        {
            buffer.copy_(value);
            value.Dispose();
        }
        random.set_rng_state(_random);
        _random.Dispose();
    }

    /// <summary>Returns true if random numbers are all that training mode adds to this part.</summary>
    private static bool DrawsRandomNumbers(nn.Module part) => part
        is Dropout or Dropout1d or Dropout2d or Dropout3d or AlphaDropout or FeatureAlphaDropout or RReLU
        or LSTM or GRU or RNN or MultiheadAttention or Transformer
        or TransformerEncoder or TransformerEncoderLayer or TransformerDecoder or TransformerDecoderLayer;
}
