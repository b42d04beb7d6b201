namespace Brink.Zoo.Checkpoints;

/// <summary>Reads the state dict of an optimizer from a tree of dictionaries.</summary>
/// <param name="read">Reads a tensor.</param>
internal sealed class OptimizerReader(Func<StoredTensor, Tensor> read)
{
    private const string StepKey = "step";

    /// <summary>Reads the state; the caller owns its tensors.</summary>
    /// <exception cref="InvalidDataException">The state does not have the form of PyTorch's.</exception>
    public OptimizerState Read(OrderedDictionary<object, object?> optimizer)
    {
        using var scope = NewDisposeScope();
        var state = (OrderedDictionary<object, object?>)optimizer["state"]!;
        var parameters = new OrderedDictionary<long, ParameterState>();
        foreach (var (key, value) in state)
        {
            if (key is not long index || value is not OrderedDictionary<object, object?> entries)
                throw Wrong("an entry of its state is not a dictionary under an integer");
            parameters.Add(index, Parameter(entries));
        }
        ParameterGroup[] groups = [.. ((List<object?>)optimizer["param_groups"]!).Select(Group)];
        foreach (var tensor in parameters.Values.SelectMany(parameter => parameter.Tensors.Values)) scope.MoveToOuter(tensor);
        return new(groups, parameters);
    }

    /// <summary>Returns a number: a Python or NumPy number, or a tensor of one element.</summary>
    public double? Number(object? value)
    {
        switch (value)
        {
            case double number: return number;
            case long integer: return integer;
            case StoredTensor { Count: 1 } stored:
                using (NewDisposeScope()) return read(stored).to(ScalarType.Float64).ToDouble();
            default: return null;
        }
    }

    /// <summary>Returns a whole number of at least 0.</summary>
    public long? Integer(object? value) => value is long integer
        ? (integer >= 0 ? integer : null)
        : Number(value) is { } number ? WholeNumber(number) : null;

    /// <summary>Returns a number as an integer if it is one of at least 0 that a double has exactly.</summary>
    public static long? WholeNumber(double number) =>
        number is >= 0 and < 1L << 53 && Math.Floor(number) == number ? (long)number : null;

    private ParameterState Parameter(OrderedDictionary<object, object?> entries)
    {
        var tensors = new OrderedDictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var (key, value) in entries)
        {
            if (key is string name && name != StepKey && value is StoredTensor stored) tensors.Add(name, read(stored));
        }
        return new(tensors, Integer(entries.GetValueOrDefault(StepKey)));
    }

    private ParameterGroup Group(object? value)
    {
        if (value is not OrderedDictionary<object, object?> group || group.GetValueOrDefault("params") is not List<object?> indices
            || !indices.All(index => index is long))
        {
            throw Wrong("a parameter group has no list of indices under 'params'");
        }
        var names = group.GetValueOrDefault("param_names") as List<object?>;
        string[] settings = [.. group.Keys.OfType<string>()];
        var method = OptimizerMethods.Of(settings.ToHashSet(StringComparer.Ordinal));
        return new(
            [.. indices.Select(index => (long)index!)],
            names is not null && names.All(name => name is string) ? [.. names.Select(name => (string)name!)] : null,
            NumberAt(group, "lr"),
            group.GetValueOrDefault("betas") is IReadOnlyList<object?> and [var first, var second]
                && Number(first) is { } beta1 && Number(second) is { } beta2 ? (beta1, beta2) : null,
            NumberAt(group, "eps"),
            NumberAt(group, "weight_decay"),
            NumberAt(group, "momentum"),
            NumberAt(group, "dampening"),
            group.GetValueOrDefault("nesterov") as bool?,
            group.GetValueOrDefault("decoupled_weight_decay") as bool?,
            group.GetValueOrDefault("amsgrad") as bool?)
        {
            Method = method,
            Adafactor = method == OptimizerMethod.Adafactor ? Adafactor(group) : null,
            Settings = settings,
        };
    }

    private AdafactorSettings Adafactor(OrderedDictionary<object, object?> group)
    {
        var usual = new AdafactorSettings();
        var (floor, scale) = group.GetValueOrDefault("eps") is IReadOnlyList<object?> and [var first, var second]
            ? (Number(first), Number(second) ?? usual.LeastScale)
            : (usual.Floor, usual.LeastScale);
        return new(floor, scale, NumberAt(group, "d") ?? usual.Threshold);
    }

    private double? NumberAt(OrderedDictionary<object, object?> group, string key) => Number(group.GetValueOrDefault(key));

    private static InvalidDataException Wrong(string what) => new(
        $"the optimizer state is not PyTorch's: {what}; save optimizer.state_dict()");
}
