namespace Brink.Graphs.Export;

/// <summary>Reads the arguments of nodes.</summary>
/// <remarks>Schema 8.20 of torch.export: Argument. Graphs, operators and custom objects as arguments are refused.</remarks>
internal static class ArgumentReader
{
    /// <summary>Reads an argument. References have the names of the file.</summary>
    /// <exception cref="GraphException">The argument is damaged, or has a kind that is not supported.</exception>
    public static Argument Of(Field argument)
    {
        var (kind, value) = argument.Union;
        return kind switch
        {
            "as_none" => new Argument.Missing(),
            "as_tensor" => Tensor(value),
            "as_tensors" => List(value, Tensor),
            "as_optional_tensor" => OptionalTensor(value),
            "as_optional_tensors" => List(value, OptionalTensor),
            "as_nested_tensors" => List(value, tensors => List(tensors, Tensor)),
            "as_int" => Integer(value),
            "as_ints" => List(value, Integer),
            "as_int_lists" => List(value, integers => List(integers, Integer)),
            "as_float" => Number(value),
            "as_floats" => List(value, Number),
            "as_bool" => Truth(value),
            "as_bools" => List(value, Truth),
            "as_string" => Text(value),
            "as_strings" => List(value, Text),
            "as_sym_int" => Symbol(value, "as_int", Integer),
            "as_sym_ints" => List(value, item => Symbol(item, "as_int", Integer)),
            "as_sym_float" => Symbol(value, "as_float", Number),
            "as_sym_floats" => List(value, item => Symbol(item, "as_float", Number)),
            "as_sym_bool" => Symbol(value, "as_bool", Truth),
            "as_sym_bools" => List(value, item => Symbol(item, "as_bool", Truth)),
            "as_scalar_type" => new Argument.Type(Enumerations.ElementTypeOf(value)),
            "as_layout" => new Argument.Text(Enumerations.LayoutOf(value)),
            "as_memory_format" => new Argument.Text(Enumerations.MemoryFormatOf(value)),
            "as_device" => Device(value),
            "as_graph" => throw argument.Wrong(
                "takes a graph as an argument, which is not supported; export without control flow and without gradient modes"),
            "as_operator" or "as_custom_obj" or "as_complex" or "as_string_to_argument" => throw argument.Wrong(
                $"arguments of the kind {kind} are not supported; export a model without them"),
            _ => throw argument.Wrong($"the kind of argument {Quoted.Of(kind)} is unknown; save again with PyTorch 2.14 or older"),
        };
    }

    private static Argument.List List(Field list, Func<Field, Argument> item) => new([.. list.Items.Select(item)]);

    private static Argument.Reference Tensor(Field tensor) => new(tensor["name"].Text);

    private static Argument OptionalTensor(Field tensor) => tensor.Union switch
    {
        ("as_tensor", var value) => Tensor(value),
        ("as_none", _) => new Argument.Missing(),
        var (kind, _) => throw tensor.Wrong($"the kind of tensor {Quoted.Of(kind)} is unknown; save again with PyTorch 2.14 or older"),
    };

    private static Argument Symbol(Field symbol, string literal, Func<Field, Argument> read)
    {
        var (kind, value) = symbol.Union;
        if (kind == "as_name") return new Argument.Reference(value.Text);
        return kind == literal
            ? read(value)
            : throw symbol.Wrong($"the kind of symbol {Quoted.Of(kind)} is unknown; save again with PyTorch 2.14 or older");
    }

    private static Argument.Integer Integer(Field value) => new(value.Integer);

    private static Argument.Number Number(Field value) => new(value.Number);

    private static Argument.Integer Truth(Field value) => new(value.Truth ? 1 : 0);

    private static Argument.Text Text(Field value) => new(value.Text);

    private static Argument.Text Device(Field device) =>
        new(device.Optional("index") is { } index ? $"{device["type"].Text}:{index.Integer}" : device["type"].Text);
}
