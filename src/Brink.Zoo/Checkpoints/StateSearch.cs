using Brink.Zoo.Formats;

namespace Brink.Zoo.Checkpoints;

/// <summary>Finds the parts of a checkpoint in a tree of dictionaries: the state dict of the model, the state of the optimizer,
/// and the number of the step.</summary>
internal static class StateSearch
{
    private const int Levels = 3;   // of dictionaries around a state dict

    private static readonly string[] ModelKeys =
        ["state_dict", "model_state_dict", "model_state", "model", "module", "net", "network", "weights", "params"];

    private static readonly string[] OptimizerKeys =
        ["optimizer", "optimizer_state_dict", "optimizer_state", "optim", "optimizers", "optimizer_states"];

    private static readonly string[] StepKeys = ["global_step", "step", "steps", "iteration", "iterations", "iter", "num_steps"];

    private static readonly string[] EpochKeys = ["epoch", "epochs"];

    /// <summary>Keys of the numbers of steps and epochs.</summary>
    public static IEnumerable<string> CounterKeys => StepKeys.Concat(EpochKeys);

    /// <summary>Finds the state dict of the model.</summary>
    /// <param name="root">Value of the file.</param>
    /// <param name="key">Keys of the state dict with dots between them; null to search for it.</param>
    /// <exception cref="InvalidDataException">There is no state dict, or several and no key that selects one.</exception>
    public static OrderedDictionary<object, object?> State(object? root, string? key)
    {
        if (root is not OrderedDictionary<object, object?> dictionary)
            throw new InvalidDataException("the file holds no dictionary; save model.state_dict() or a dictionary with it");
        if (key is not null) return At(dictionary, key);
        return Found(dictionary, Levels) ?? (HasTensor(dictionary) ? dictionary : null) ?? throw new InvalidDataException(
            $"the file holds no state dict; its keys are {Shown(dictionary.Keys)}; save model.state_dict() under the key 'state_dict'");
    }

    /// <summary>Finds the state dicts of optimizers: dictionaries with <c>state</c> and at least one of
    /// <c>param_groups</c>.</summary>
    public static IReadOnlyList<OrderedDictionary<object, object?>> Optimizers(object? root) =>
    [
        .. from key in OptimizerKeys
           let value = (root as OrderedDictionary<object, object?>)?.GetValueOrDefault(key)
           from optimizer in value as IEnumerable<object?> ?? (value is OrderedDictionary<object, object?> one ? [one] : [])
           where IsOptimizer(optimizer)
           select (OrderedDictionary<object, object?>)optimizer,
    ];

    /// <summary>Returns the first number under a key of a step, with the key.</summary>
    /// <param name="number">Returns the integer under a key, if there is one.</param>
    public static (long? Number, string? Key) Step(Func<string, long?> number) => First(StepKeys, number);

    /// <summary>Returns the first number under a key of an epoch, with the key.</summary>
    /// <param name="number">Returns the integer under a key, if there is one.</param>
    public static (long? Number, string? Key) Epoch(Func<string, long?> number) => First(EpochKeys, number);

    private static (long? Number, string? Key) First(string[] keys, Func<string, long?> number) =>
        keys.Select(key => (Number: number(key), Key: key)).FirstOrDefault(found => found.Number is not null);

    private static OrderedDictionary<object, object?> At(OrderedDictionary<object, object?> root, string key)
    {
        object? value = root;
        var rest = key;
        // A key may have dots of its own: the longest key that fits is used.
        while (rest.Length > 0 && value is OrderedDictionary<object, object?> inner)
        {
            var name = inner.Keys.OfType<string>()
                .Where(name => name.Length > 0 && (rest == name || rest.StartsWith(name + ".", StringComparison.Ordinal)))
                .MaxBy(name => name.Length);
            if (name is null) break;
            (value, rest) = (inner[name], rest.Length == name.Length ? "" : rest[(name.Length + 1)..]);
        }
        if (rest.Length == 0 && value is OrderedDictionary<object, object?> state && HasTensor(state)) return state;
        throw new InvalidDataException(
            $"the file holds no state dict {Quoted.Of(key)}; its keys are {Shown(root.Keys)}");
    }

    private static OrderedDictionary<object, object?>? Found(OrderedDictionary<object, object?> dictionary, int levels)
    {
        var usual = States(dictionary, ModelKeys, levels);
        var found = usual.Count > 0 || IsState(dictionary) || levels == 0
            ? usual
            : States(dictionary, dictionary.Keys.OfType<string>().Except(OptimizerKeys), levels: 1);
        if (found.Count > 1)
        {
            throw new InvalidDataException(
                $"the file holds several state dicts: {Shown(found.Select(one => one.Key))}; give the key of one of them");
        }
        return found is [var only] ? only.State : IsState(dictionary) ? dictionary : null;
    }

    private static List<(string Key, OrderedDictionary<object, object?> State)> States(
        OrderedDictionary<object, object?> dictionary, IEnumerable<string> keys, int levels) =>
    [
        .. from key in keys
           let inner = levels > 0 ? dictionary.GetValueOrDefault(key) as OrderedDictionary<object, object?> : null
           let state = inner is null ? null : IsState(inner) ? inner : Found(inner, levels - 1)
           where state is not null
           select (key, state),
    ];

    private static bool HasTensor(OrderedDictionary<object, object?> entries) =>
        entries.Any(entry => entry is { Key: string, Value: StoredTensor });

    /// <summary>Returns whether a dictionary has a tensor that is not a scalar: a loss next to a state dict is a scalar.</summary>
    private static bool IsState(OrderedDictionary<object, object?> entries) =>
        entries.Any(entry => entry is { Key: string, Value: StoredTensor { Sizes.Length: > 0 } });

    private static bool IsOptimizer(object? value) => value is OrderedDictionary<object, object?> entries
        && entries.GetValueOrDefault("state") is OrderedDictionary<object, object?>
        && entries.GetValueOrDefault("param_groups") is List<object?> { Count: > 0 };

    private static string Shown(IEnumerable<object> keys) => Quoted.OneLine(string.Join(", ", keys.Take(20)));
}
