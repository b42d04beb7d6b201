namespace Brink.Monitoring;

/// <summary>What a measurement might disturb in a module, put back when disposed: the mode of each part, the buffers, and the
/// state of libtorch's random numbers.</summary>
internal sealed class ModuleState : IDisposable
{
    private readonly (nn.Module Part, bool Training)[] _modes;
    private readonly (Tensor Buffer, Tensor Value)[] _buffers;
    private readonly Tensor _random;

    /// <param name="module">Whose.</param>
    /// <param name="evaluate">Whether it is in evaluation mode until then.</param>
    public ModuleState(nn.Module module, bool evaluate)
    {
        _modes = [.. module.modules().Prepend(module).Distinct().Select(part => (part, part.training))];
        _buffers = [.. module.buffers().Select(buffer => (buffer, buffer.clone().DetachFromDisposeScope()))];
        _random = random.get_rng_state().DetachFromDisposeScope();
        if (evaluate) module.eval();
    }

    public void Dispose()
    {
        // Setting a mode sets those of all parts below: from the outside in, each comes to its own.
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
}
