# node-gyp's way in: it only runs the CMake build, so that CMakeLists.txt stays the one description.
{
  "targets": [
    {
      "target_name": "tsorch",
      "type": "none",
      "actions": [
        {
          "action_name": "cmake",
          "message": "Building tsorch with CMake",
          "inputs": [],
          "outputs": ["<(PRODUCT_DIR)/tsorch.node"],
          "action": ["node", "scripts/gyp_action.mjs", "<(PRODUCT_DIR)"]
        }
      ]
    }
  ]
}
