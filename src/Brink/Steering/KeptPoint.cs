using System.Reflection;
using TorchSharp.Modules;

namespace Brink.Steering;

/// <summary>The point before a step, to return to: parameters, gradients and buffers of a module, and the state of its
/// optimizer.</summary>
/// <remarks>One copy of each tensor, which later points overwrite.</remarks>
internal sealed class KeptPoint(nn.Module module, OptimizerHelper optimizer) : IDisposable
{
    private readonly Dictionary<(object Owner, string Name), Tensor?> _copies = [];
    private readonly Dictionary<(object Owner, string Name), object?> _numbers = [];

    /// <summary>Keeps the present point, in place of an earlier one.</summary>
    public void Keep()
    {
        using var quiet = no_grad();
        foreach (var (name, parameter) in Parameters())
        {
            Copy((module, name), parameter);
            Copy((module, name + ".grad"), parameter.grad);
        }
        foreach (var (name, buffer) in module.named_buffers()) Copy((module, name + ".buffer"), buffer);
        foreach (var (state, field) in StateFields())
        {
            if (field.FieldType == typeof(Tensor)) Copy((state, field.Name), (Tensor?)field.GetValue(state));
            else if (field.FieldType.IsValueType) _numbers[(state, field.Name)] = field.GetValue(state);
        }
    }

    /// <summary>Returns to the kept point.</summary>
    public void Restore()
    {
        using var quiet = no_grad();
        foreach (var (name, parameter) in Parameters())
        {
            parameter.copy_(_copies[(module, name)]!);
            if (_copies[(module, name + ".grad")] is not { } gradient) parameter.grad = null;
            else if (parameter.grad is { } present) present.copy_(gradient);
            else parameter.grad = gradient.clone().DetachFromDisposeScope();
        }
        foreach (var (name, buffer) in module.named_buffers()) buffer.copy_(_copies[(module, name + ".buffer")]!);
        foreach (var (state, field) in StateFields())
        {
            if (field.FieldType == typeof(Tensor)) Return(state, field);
            else if (_numbers.TryGetValue((state, field.Name), out var number)) field.SetValue(state, number);
        }
    }

    public void Dispose()
    {
        foreach (var copy in _copies.Values) copy?.Dispose();
    }

    private IEnumerable<(string Name, Tensor Parameter)> Parameters() =>
        module.named_parameters().Select(one => (one.name, (Tensor)one.parameter));

    /// <summary>The fields of the optimizer's own state objects, one for each parameter, such as the moments and the step of
    /// Adam.</summary>
    private IEnumerable<(object State, FieldInfo Field)> StateFields() =>
        from state in optimizer.state_dict().State
        from field in state.GetType().GetFields(BindingFlags.Public | BindingFlags.Instance)
        select ((object)state, field);

    private void Return(object state, FieldInfo field)
    {
        var present = (Tensor?)field.GetValue(state);
        if (_copies.GetValueOrDefault((state, field.Name)) is not { } kept)
        {
            // The optimizer made it in the step that is undone.
            present?.Dispose();
            field.SetValue(state, null);
        }
        else if (present is not null)
        {
            present.copy_(kept);
        }
        else
        {
            field.SetValue(state, kept.clone().DetachFromDisposeScope());
        }
    }

    private void Copy((object, string) key, Tensor? value)
    {
        if (value is null)
        {
            if (_copies.Remove(key, out var old)) old?.Dispose();
            _copies[key] = null;
        }
        else if (_copies.GetValueOrDefault(key) is { } copy)
        {
            copy.copy_(value);
        }
        else
        {
            _copies[key] = value.detach().clone().DetachFromDisposeScope();
        }
    }
}
