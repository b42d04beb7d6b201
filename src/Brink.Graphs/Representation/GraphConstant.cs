namespace Brink.Graphs;

/// <summary>A tensor that a graph holds.</summary>
/// <param name="Name">Name by which nodes refer to it.</param>
/// <param name="Title">Name of the tensor in the framework, such as <c>conv1.weight</c>; equal to the name where the file has no
/// other.</param>
/// <param name="Role">What the file says about it.</param>
/// <param name="Data">The tensor.</param>
public sealed record GraphConstant(string Name, string Title, ConstantRole Role, TensorData Data);
